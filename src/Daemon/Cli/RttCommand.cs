using System.Globalization;
using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul rtt</c>: the estimated round trip between two nodes.</summary>
internal sealed class RttCommand : ClientCommand
{
    private const string LookupFailed = "Unable to look up agent info: ";
    private const string CoordinatesFailed = "Error getting coordinates: ";

    private readonly Flag<bool> _wan;

    public RttCommand()
        : base(ClientFlagSets.Client) => _wan = Flags.Bool("wan", "Use WAN coordinates instead of LAN coordinates.");

    public override string Name => "rtt";

    public override string Synopsis => "Estimates network round trip time between nodes";

    protected override string Usage => """
        Usage: consul rtt [options] node1 [node2]

          Estimates the round trip between two nodes by where the coordinate system of
          the cluster places them. Without a second node it is measured to the node of
          the agent. Names are those that "consul members" shows.

          With -wan servers are compared by their WAN coordinates, and names carry the
          datacenter as in "myserver.dc1". LAN and WAN coordinates do not mix.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (arguments.Length is < 1 or > 2) return FailWithHelp(context, "One or two node names must be specified");
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        string first = arguments[0];
        string second = arguments.ElementAtOrDefault(1) ?? "";
        if (arguments.Length < 2)
        {
            Reply self = await client.GetAsync("/v1/agent/self");
            if (!self.TryRead(OwnName, out string? own, out string fault)) return context.Fail(LookupFailed + fault);
            second = own;
        }

        if (_wan.Value && !(IsWanName(first) && IsWanName(second)))
            return context.Fail("Node names must be specified as <node name>.<datacenter> with -wan");
        Reply reply = await client.GetAsync(_wan.Value ? "/v1/coordinate/datacenters" : "/v1/coordinate/nodes");
        if (!reply.TryRead(root => Find(root, first, second), out Pair? found, out string error))
            return context.Fail(CoordinatesFailed + error);
        if (found.First is null) return context.Fail($"Could not find a coordinate for node {GoDuration.Quote(first)}");
        if (found.Second is null) return context.Fail($"Could not find a coordinate for node {GoDuration.Quote(second)}");
        double milliseconds = CoordinateDistance.Seconds(found.First, found.Second) * 1000;
        string text = milliseconds.ToString("F3", CultureInfo.InvariantCulture);
        context.Out.WriteLine($"Estimated {first} <-> {second} rtt: {text} ms (using {(_wan.Value ? "WAN" : "LAN")} coordinates)");
        return ExitCode.Success;
    }

    private static bool IsWanName(string name) => name.Split('.').Length == 2;

    private string OwnName(JsonElement self)
    {
        JsonElement config = self.Field("Config");
        string node = config.Text("NodeName");
        return _wan.Value ? $"{node}.{config.Text("Datacenter")}" : node;
    }

    private Pair Find(JsonElement root, string first, string second) =>
        _wan.Value ? FindWan(root, first, second) : FindLan(root, first, second);

    /// <summary>Both places are in one area, or none is found.</summary>
    private static Pair FindWan(JsonElement root, string first, string second)
    {
        foreach (IGrouping<string, JsonElement> area in root.Items().GroupBy(static map => map.Text("AreaID")))
        {
            CoordinatePoint? one = null, other = null;
            foreach (JsonElement map in area)
            {
                foreach (JsonElement entry in map.Items("Coordinates"))
                {
                    string name = $"{entry.Text("Node")}.{map.Text("Datacenter")}";
                    if (name == first) one = Point(entry);
                    if (name == second) other = Point(entry);
                }
            }

            if (one is not null && other is not null) return new Pair(one, other);
        }

        return new Pair(null, null);
    }

    private static Pair FindLan(JsonElement root, string first, string second)
    {
        Coordinate[] all = [.. root.Items().Select(static entry =>
            new Coordinate(entry.Text("Node"), entry.Text("Segment"), Point(entry)))];
        (CoordinatePoint? one, CoordinatePoint? other) = CoordinateDistance.Intersect(
            [.. all.Where(each => each.Node == first)], [.. all.Where(each => each.Node == second)]);
        return new Pair(one, other);
    }

    private static CoordinatePoint Point(JsonElement entry)
    {
        JsonElement point = entry.Field("Coord");
        return new CoordinatePoint(
            [.. point.Items("Vec").Select(static number => number.Real())],
            point.Field("Error").Real(), point.Field("Adjustment").Real(), point.Field("Height").Real());
    }

    private sealed record Pair(CoordinatePoint? First, CoordinatePoint? Second);
}
