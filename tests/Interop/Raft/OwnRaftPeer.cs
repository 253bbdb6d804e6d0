using System.Net;
using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Tests.Transport;
using Consul.Fast.Net.Timers;

namespace Consul.Fast.Interop.Tests.Raft;

/// <summary>A node of ours on a real port, with stores in memory that outlive it.</summary>
internal sealed class OwnRaftPeer(string id) : IRaftPeer
{
    private readonly TimerWheel _timers = new();
    private LiveServer? _server;
    private LiveServer? _last;

    public string Id => id;

    public string Address => Server.Port.Address;

    private LiveServer Server => _server ??= new LiveServer(id, _timers);

    public Task BootstrapAsync(IReadOnlyList<IRaftPeer> servers) =>
        Server.Node.StartAsync(new ClusterConfiguration([.. servers.Select(static s => new RaftServer(Suffrage.Voter, s.Id, s.Address))]));

    /// <summary>Starts without any state, to be added to a cluster.</summary>
    public Task StartAsync() => Server.Node.StartAsync();

    public Task<bool> LeadsAsync() => Task.FromResult(Server.Leads);

    public async Task<string?> ApplyAsync(string[] words)
    {
        ProposalResult[] results = await Task.WhenAll(
            words.Select(word => Server.Node.ProposeAsync(Encoding.ASCII.GetBytes(word)).AsTask()));
        return results.FirstOrDefault(static result => result.Error is not null).Error;
    }

    public async Task<string?> VerifyAsync() => await Server.Node.VerifyLeaderAsync();

    public Task<string[]> WordsAsync() => Task.FromResult(Server.Machine.Applied.ToArray());

    public async Task<string?> SnapshotAsync() => (await Server.Node.SnapshotAsync()).Error;

    public Task<ulong> SnapshotIndexAsync() => Task.FromResult(Server.Node.Status.LastSnapshotIndex);

    public async Task<string?> TransferAsync(IRaftPeer target) => await Server.Node.TransferLeadershipAsync(target.Id);

    public Task<string?> AddAsync(IRaftPeer server, bool voter) => ChangeAsync(new ConfigurationChange(
        voter ? ConfigurationChangeKind.AddVoter : ConfigurationChangeKind.AddNonVoter, server.Id, server.Address));

    public Task<string?> RemoveAsync(string id) => ChangeAsync(new ConfigurationChange(ConfigurationChangeKind.Remove, id));

    public Task<string[]> ServersAsync() => Task.FromResult<string[]>(
        [.. Server.Node.Configuration.Configuration.Servers.Select(static s => s.Suffrage == Suffrage.Voter ? s.Id : s.Id + "?")]);

    public async Task KillAsync()
    {
        if (_server is null) return;
        _last = _server;
        _server = null;
        await _last.DisposeAsync();
    }

    public async Task RestartAsync()
    {
        _server = new LiveServer(id, _timers, log: _last!.Log, snapshots: _last.Snapshots, port: IPEndPoint.Parse(_last.Port.Address).Port);
        await _server.Node.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _timers.Dispose();
    }

    private async Task<string?> ChangeAsync(ConfigurationChange change) => (await Server.Node.ChangeConfigurationAsync(change)).Error;
}
