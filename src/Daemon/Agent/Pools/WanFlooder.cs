using System.Net;
using System.Threading.Channels;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>
/// Brings the servers of the own datacenter into the WAN pool, so that it is enough to join one of each datacenter by hand:
/// when a server joins the LAN pool, and every minute.
/// </summary>
internal sealed class WanFlooder(IGossipPool lan, IGossipPool wan, string datacenter, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(60);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>A member joined the LAN pool. Does not wait.</summary>
    public void OnMemberEvent(MemberEvent happened)
    {
        if (happened.Kind != MemberEventKind.Join || !ServerTags.TryRead(happened.Member, out ServerTags server)) return;
        if (server.Segment.Length == 0) _wake.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    /// <summary>Who has to be joined: living servers of the LAN pool whom the WAN pool does not know.</summary>
    internal static List<JoinAddress> Missing(IReadOnlyList<Member> lan, IReadOnlyList<Member> wan, string datacenter)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (Member member in wan)
        {
            if (ServerTags.TryRead(member, out ServerTags server) && server.Datacenter == datacenter) known.Add(server.ShortName);
        }

        List<JoinAddress> missing = [];
        foreach (Member member in lan)
        {
            if (member.Status != MemberStatus.Alive || !ServerTags.TryRead(member, out ServerTags server)) continue;
            if (known.Contains(server.Name) || server.WanJoinPort is <= 0 or > IPEndPoint.MaxPort) continue;
            missing.Add(new JoinAddress(new IPEndPoint(server.Address.Address, server.WanJoinPort), $"{server.Name}.{server.Datacenter}"));
        }

        return missing;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await WaitAsync();
                foreach (JoinAddress address in Missing(lan.Members, wan.Members, datacenter)) await JoinAsync(address);
            }
        }
        catch (OperationCanceledException)
        {
            // The agent or its pool stops.
        }
    }

    private async Task WaitAsync()
    {
        using var timeout = new CancellationTokenSource(s_interval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // The minute is over.
        }
    }

    private async Task JoinAsync(JoinAddress address)
    {
        JoinReport report = await wan.JoinAsync([address]);
        if (report.Joined > 0) PoolLog.FloodJoined(logger, address.Node!, address.Address);
        else PoolLog.FloodJoinFailed(logger, address.Node!, address.Address, report.Failures is [var first, ..] ? first.Reason : "");
    }
}
