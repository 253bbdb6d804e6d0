namespace Consul.Fast.Interop.Tests.Raft;

/// <summary>One Raft server of either implementation, its state machine a list of words.</summary>
internal interface IRaftPeer : IAsyncDisposable
{
    string Id { get; }

    string Address { get; }

    Task BootstrapAsync(IReadOnlyList<IRaftPeer> servers);

    Task<bool> LeadsAsync();

    /// <summary>Proposes words, the next before the answer to the last; null when all are applied.</summary>
    Task<string?> ApplyAsync(string[] words);

    /// <summary>Confirms leadership with the others; null when it holds.</summary>
    Task<string?> VerifyAsync();

    /// <summary>All words that were applied.</summary>
    Task<string[]> WordsAsync();

    Task<string?> SnapshotAsync();

    Task<ulong> SnapshotIndexAsync();

    Task<string?> TransferAsync(IRaftPeer target);

    Task<string?> AddAsync(IRaftPeer server, bool voter);

    Task<string?> RemoveAsync(string id);

    /// <summary>Ids of the configuration, non-voters with a question mark.</summary>
    Task<string[]> ServersAsync();

    /// <summary>Ends without a farewell.</summary>
    Task KillAsync();

    /// <summary>Starts again with what the disk holds.</summary>
    Task RestartAsync();
}
