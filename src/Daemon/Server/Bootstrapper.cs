using System.Threading.Channels;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Gossip.Membership;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server;

/// <summary>Asks a server for the addresses of its Raft peers; ends soon after the cancellation.</summary>
internal delegate ValueTask<RpcResult<IReadOnlyList<string>>> PeersCall(ServerTags server, CancellationToken cancellation);

/// <param name="Expect">Number of voters that make a cluster.</param>
/// <param name="Datacenter">The own one.</param>
/// <param name="IsReadReplica">This server has no vote.</param>
internal sealed record BootstrapSettings(int Expect, string Datacenter, bool IsReadReplica = false);

/// <summary>
/// Founds a cluster once the LAN pool shows as many servers as are expected, unless one of them already belongs to a cluster:
/// then its leader adds this server. Stops for good when either has happened. Thread safe.
/// </summary>
/// <param name="hasState">Whether Raft has anything on disk or in memory.</param>
/// <param name="bootstrap">Gives Raft its first configuration; null when done, otherwise why not.</param>
internal sealed class Bootstrapper(
    BootstrapSettings settings,
    IMembership pool,
    Func<bool> hasState,
    PeersCall askForPeers,
    Func<ClusterConfiguration, ValueTask<string?>> bootstrap,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    /// <summary>Times that a server is asked which does not answer; the pauses double from the first.</summary>
    private const int Attempts = 6;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>For one answer.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _news =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Begins to look; the pool as it is now counts as news.</summary>
    public void Start()
    {
        OnServerNews();
        _loop = RunAsync();
    }

    /// <summary>A server has joined the pool or changed. Does not wait.</summary>
    public void OnServerNews() => _news.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            do
            {
                await _news.Reader.ReadAsync(_stop.Token);
            }
            while (!await TryFinishAsync());
            _news.Writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    /// <summary>Returns true when there is nothing left to do, ever.</summary>
    private async ValueTask<bool> TryFinishAsync()
    {
        if (hasState())
        {
            BootstrapLog.DataFound(logger);
            return true;
        }

        if (settings.IsReadReplica)
        {
            BootstrapLog.ReadReplica(logger);
            return false;
        }

        if (Candidates() is not { } servers || servers.Count(static server => !server.ReadReplica) < settings.Expect) return false;
        foreach (ServerTags server in servers)
        {
            if (!await HasPeersAsync(server)) continue;
            BootstrapLog.PeersFound(logger, server.Name);
            return true;
        }

        await BootstrapAsync(servers);
        return true;
    }

    /// <summary>The servers of the pool, or null when one of them does not fit.</summary>
    private List<ServerTags>? Candidates()
    {
        var servers = new List<ServerTags>();
        foreach (Member member in pool.Members)
        {
            if (!ServerTags.TryRead(member, out ServerTags server)) continue;
            if (server.Datacenter != settings.Datacenter)
            {
                BootstrapLog.OtherDatacenter(logger, member.Name);
                continue;
            }

            if (server.Expect != 0 && server.Expect != settings.Expect)
            {
                BootstrapLog.OtherExpectation(logger, member.Name);
                return null;
            }

            if (server.Bootstrap)
            {
                BootstrapLog.BootstrapMode(logger, member.Name);
                return null;
            }

            servers.Add(server);
        }

        return servers;
    }

    /// <summary>A server that does not answer, however often it is asked, has none.</summary>
    private async ValueTask<bool> HasPeersAsync(ServerTags server)
    {
        TimeSpan pause = FirstPause;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            RpcResult<IReadOnlyList<string>> answer = await AskAsync(server);
            if (answer.Error is not { } error) return answer.Value.Count > 0;
            BootstrapLog.NoAnswer(logger, server.Name, GoDuration.Format(pause), error);
            await Task.Delay(pause, time, _stop.Token);
            pause *= 2;
        }

        return false;
    }

    private async ValueTask<RpcResult<IReadOnlyList<string>>> AskAsync(ServerTags server)
    {
        using var limit = new CancellationTokenSource(AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, limit.Token);
        return await askForPeers(server, either.Token);
    }

    private async ValueTask BootstrapAsync(List<ServerTags> servers)
    {
        RaftServer[] peers =
        [
            .. servers.Select(static server => new RaftServer(
                server.ReadReplica ? Suffrage.NonVoter : Suffrage.Voter, server.Id, ServerLookup.AddressText(server.Address))),
        ];
        BootstrapLog.Bootstrapping(logger, string.Join(',', peers.Select(static peer => peer.Address)));
        if (await bootstrap(new ClusterConfiguration(peers)) is { } error) BootstrapLog.BootstrapFailed(logger, error);
    }
}
