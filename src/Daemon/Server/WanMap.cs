using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server;

/// <summary>Where the servers of all datacenters are, as this server's WAN pool has measured it. Thread safe.</summary>
/// <param name="wan">Null without WAN port.</param>
/// <param name="own">This server's datacenter.</param>
internal sealed class WanMap(IGossipPool? wan, string own)
{
    /// <summary>The measured servers that have not left, by datacenter in the order of names; node names without datacenter.</summary>
    public async ValueTask<IReadOnlyList<DatacenterMap>> MapsAsync()
    {
        var found = new SortedDictionary<string, List<Coordinate>>(StringComparer.Ordinal);
        foreach (ServerTags server in Servers())
        {
            if (await PointAsync(server.Name) is not { } point) continue;
            if (!found.TryGetValue(server.Datacenter, out List<Coordinate>? coordinates)) found.Add(server.Datacenter, coordinates = []);
            coordinates.Add(new Coordinate(server.ShortName, "", point));
        }

        return [.. found.Select(static pair => new DatacenterMap(pair.Key, DatacenterMap.WanArea, pair.Value))];
    }

    /// <summary>
    /// The own datacenter and those with a server that has not left, by the median round trip to their servers, then by name;
    /// everything in the own one counts as no distance at all.
    /// </summary>
    public async ValueTask<IReadOnlyList<string>> DatacentersByDistanceAsync()
    {
        if (wan is null) return [own];
        CoordinatePoint? here = await PointAsync(null);
        var distances = new SortedDictionary<string, List<double>>(StringComparer.Ordinal) { [own] = [0] };
        foreach (ServerTags server in Servers())
        {
            if (server.Datacenter == own) continue;
            if (!distances.TryGetValue(server.Datacenter, out List<double>? known)) distances.Add(server.Datacenter, known = []);
            known.Add(CoordinateDistance.Seconds(here, await PointAsync(server.Name)));
        }

        foreach (List<double> each in distances.Values) each.Sort();
        return [.. distances.OrderBy(static pair => pair.Value[pair.Value.Count / 2]).Select(static pair => pair.Key)];
    }

    private IEnumerable<ServerTags> Servers()
    {
        foreach (Member member in wan?.Members ?? [])
        {
            if (member.Status != MemberStatus.Left && ServerTags.TryRead(member, out ServerTags server)) yield return server;
        }
    }

    /// <summary>Null when it was never measured, or the pool has stopped.</summary>
    private async ValueTask<CoordinatePoint?> PointAsync(string? name)
    {
        try
        {
            return await wan!.CoordinateAsync(name) is { } place
                ? new CoordinatePoint(place.Vec, place.Error, place.Adjustment, place.Height) : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
