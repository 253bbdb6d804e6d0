namespace Consul.Fast.Consensus;

/// <summary>Where a server keeps its own snapshots: newest first, a fixed number retained.</summary>
public interface ISnapshotStore
{
    /// <summary>The snapshots that are complete, newest (highest term, then index) first.</summary>
    IReadOnlyList<SnapshotMeta> List();

    /// <summary>What is wrong with each snapshot that is there but that <see cref="List"/> leaves out; names the file.</summary>
    IReadOnlyList<string> FindDamage();

    /// <summary>Where the snapshots are, for messages.</summary>
    string Location { get; }

    /// <summary>
    /// Starts a snapshot. Bytes written to the sink become visible as a snapshot only by
    /// <see cref="ISnapshotSink.CommitAsync"/>; disposing it without a commit leaves nothing behind.
    /// </summary>
    ISnapshotSink Create(ulong index, ulong term, ClusterConfiguration configuration, ulong configurationIndex);

    /// <summary>The state stream of a snapshot, verified while it is read.</summary>
    /// <exception cref="InvalidDataException">
    /// Raised by reading at the first damaged block; the message names file and position.
    /// </exception>
    Stream Open(SnapshotMeta snapshot);

    /// <summary>Takes a snapshot away that must not count; nothing happens when it is gone already.</summary>
    /// <exception cref="IOException">It is still there.</exception>
    void Remove(SnapshotMeta snapshot);
}

/// <summary>A snapshot being written.</summary>
public interface ISnapshotSink : IAsyncDisposable
{
    Stream Stream { get; }

    /// <summary>Makes the snapshot durable and visible, then removes those beyond the retention.</summary>
    ValueTask<SnapshotMeta> CommitAsync();
}

/// <param name="Id"><c>term-index-milliseconds</c>, unique in its store.</param>
/// <param name="Index">Last entry that the state contains.</param>
/// <param name="Term">Term of that entry.</param>
/// <param name="Configuration">The committed configuration at that point.</param>
/// <param name="ConfigurationIndex">Index of that configuration's entry.</param>
/// <param name="Size">Bytes of the uncompressed state stream.</param>
public sealed record SnapshotMeta(
    string Id,
    ulong Index,
    ulong Term,
    ClusterConfiguration Configuration,
    ulong ConfigurationIndex,
    long Size);
