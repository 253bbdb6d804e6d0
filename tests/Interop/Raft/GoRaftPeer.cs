using System.Diagnostics;
using System.Globalization;
using System.Net;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests.Raft;

/// <summary>A <c>Go/raftpeer</c>: a server on the library that Consul's servers use.</summary>
internal sealed class GoRaftPeer : IRaftPeer
{
    private readonly string _folder;
    private readonly SemaphoreSlim _turn = new(1);
    private Process _process = null!;
    private Task<string> _errors = null!;

    private GoRaftPeer(string id)
    {
        Id = id;
        _folder = Leftovers.NewFolder("raftpeer");
    }

    public string Id { get; }

    public string Address { get; private set; } = "";

    public static async Task<GoRaftPeer> StartAsync(string id)
    {
        GoRaftPeer peer = new(id);
        await peer.StartAsync(port: 0);
        return peer;
    }

    public Task BootstrapAsync(IReadOnlyList<IRaftPeer> servers) =>
        OkAsync("bootstrap " + string.Join(' ', servers.Select(static server => $"{server.Id}={server.Address}")));

    public async Task<bool> LeadsAsync() => (await AskAsync("state")).StartsWith("leader ", StringComparison.Ordinal);

    public Task<string?> ApplyAsync(string[] words) => TryAsync("apply " + string.Join(' ', words));

    public Task<string?> VerifyAsync() => TryAsync("verify");

    public async Task<string[]> WordsAsync() => (await AskAsync("dump")).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public Task<string?> SnapshotAsync() => TryAsync("snapshot");

    public async Task<ulong> SnapshotIndexAsync() => ulong.Parse((await AskAsync("state")).Split(' ')[2], CultureInfo.InvariantCulture);

    public Task<string?> TransferAsync(IRaftPeer target) => TryAsync($"transfer {target.Id} {target.Address}");

    public Task<string?> AddAsync(IRaftPeer server, bool voter) =>
        TryAsync($"{(voter ? "voter" : "nonvoter")} {server.Id} {server.Address}");

    public Task<string?> RemoveAsync(string id) => TryAsync("remove " + id);

    public async Task<string[]> ServersAsync() =>
        [.. (await AskAsync("servers")).Split(' ').Select(static server => server.Replace("=Voter", "").Replace("=Nonvoter", "?"))];

    public async Task KillAsync()
    {
        if (_process.HasExited) return;
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public Task RestartAsync() => StartAsync(IPEndPoint.Parse(Address).Port);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        _turn.Dispose();
    }

    private async Task StartAsync(int port)
    {
        _process = GoPrograms.Start("raftpeer", Id, port.ToString(CultureInfo.InvariantCulture), _folder);
        _errors = _process.StandardError.ReadToEndAsync();
        Address = await ReadLineAsync();
    }

    private async Task OkAsync(string command)
    {
        if (await TryAsync(command) is { } error) throw new InvalidOperationException($"{Id} on \"{command}\": {error}");
    }

    /// <summary>Null for ok.</summary>
    private async Task<string?> TryAsync(string command)
    {
        string answer = await AskAsync(command);
        return answer == "ok" ? null : answer;
    }

    private async Task<string> AskAsync(string command)
    {
        await _turn.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
            return await ReadLineAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string> ReadLineAsync()
    {
        using CancellationTokenSource limit = new(Until.Deadline);
        return await _process.StandardOutput.ReadLineAsync(limit.Token)
            ?? throw new InvalidOperationException($"The Go server {Id} ended.\n{await _errors}");
    }
}
