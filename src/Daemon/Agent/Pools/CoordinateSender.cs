using System.Globalization;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>What a <see cref="CoordinateSender"/> sends and how often.</summary>
internal sealed record CoordinateSenderOptions
{
    public required string Datacenter { get; init; }

    /// <summary>The name of this node.</summary>
    public required string Node { get; init; }

    /// <summary>The shortest time between two reports; a random part of the same length comes on top.</summary>
    public TimeSpan IntervalMin { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Reports per second that the whole pool may make: the more members, the rarer each reports.</summary>
    public double RateTarget { get; init; } = 64;
}

/// <summary>Reports this agent's place in the network to the servers, now and then, as long as they understand it.</summary>
/// <param name="token">The token that reports are made with.</param>
internal sealed class CoordinateSender(
    IGossipPool lan, ICoordinates servers, CoordinateSenderOptions options, Func<string> token, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>The version of calls from which on servers know coordinates.</summary>
    private const int Version = 3;

    /// <summary>Smaller rates are no rates.</summary>
    private const double RateMin = 1.0 / (24 * 60 * 60);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    /// <summary>The time between two reports in a pool of so many members, without the random part.</summary>
    internal static TimeSpan Interval(CoordinateSenderOptions options, int members)
    {
        if (options.RateTarget <= RateMin) return options.IntervalMin;
        TimeSpan scaled = TimeSpan.FromSeconds(members / options.RateTarget);
        return scaled > options.IntervalMin ? scaled : options.IntervalMin;
    }

    /// <summary>Reports once.</summary>
    internal async Task SendAsync()
    {
        if (!TryUnderstood(lan.Members, out bool understood, out string fault))
        {
            PoolLog.ServersUnclear(logger, fault);
            return;
        }

        if (!understood)
        {
            PoolLog.CoordinateSkipped(logger);
            return;
        }

        if (await lan.CoordinateAsync() is not { } place) return;
        RpcResult<bool> result = await servers.UpdateAsync(new CoordinateUpdateRequest(
            options.Datacenter,
            options.Node,
            lan.Local.Tag("segment"),
            new CoordinatePoint(place.Vec, place.Error, place.Adjustment, place.Height),
            token()));
        if (result.Error is not { } error) return;
        if (error.Contains(RpcErrors.PermissionDenied, StringComparison.Ordinal)) PoolLog.CoordinateBlocked(logger);
        else PoolLog.CoordinateFailed(logger, error);
    }

    /// <summary>Whether there are servers and all of them know coordinates; false, with the fault, when one does not tell.</summary>
    private static bool TryUnderstood(IReadOnlyList<Member> members, out bool understood, out string fault)
    {
        understood = false;
        fault = "";
        int servers = 0, understanding = 0;
        foreach (Member member in members)
        {
            if (member.Tag("role") != "consul") continue;
            servers++;
            if (!TryVersion(member, "vsn_min", out int min, out fault)) return false;
            if (!TryVersion(member, "vsn_max", out int max, out fault)) return false;
            if (min <= Version && Version <= max) understanding++;
        }

        understood = servers > 0 && understanding == servers;
        return true;
    }

    private static bool TryVersion(Member member, string tag, out int version, out string fault)
    {
        string text = member.Tag(tag);
        bool valid = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out version);
        fault = valid ? "" : $"strconv.Atoi: parsing {GoDuration.Quote(text)}: invalid syntax";
        return valid;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                TimeSpan interval = Interval(options, lan.Members.Count);
                await Task.Delay(interval + (interval * Random.Shared.NextDouble()), time, _stop.Token);
                await SendAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops, or its pool does.
        }
    }
}
