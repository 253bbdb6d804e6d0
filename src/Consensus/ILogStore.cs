namespace Consul.Fast.Consensus;

/// <summary>
/// The durable log with term and vote. Written by one thread, the log writer; <see cref="TryRead"/> and the index
/// properties may be called from any thread at any time.
/// </summary>
public interface ILogStore : IDisposable
{
    /// <summary>Index of the oldest entry kept; 0 when the log is empty.</summary>
    ulong FirstIndex { get; }

    /// <summary>Index of the newest entry written; 0 when the log is empty.</summary>
    ulong LastIndex { get; }

    /// <summary>The last state handed to <see cref="SetHardState"/>, recovered at opening.</summary>
    HardState HardState { get; }

    /// <summary>
    /// Adds consecutive entries to the current batch. An index at or below <see cref="LastIndex"/> replaces that entry and
    /// removes everything after it. A gap is allowed only directly after a restore (see <see cref="Reset"/>).
    /// </summary>
    void Append(ReadOnlySpan<LogEntry> entries);

    /// <summary>Adds term and vote to the current batch.</summary>
    void SetHardState(HardState state);

    /// <summary>
    /// Makes the current batch durable with one sync. On failure (a full or broken disk) nothing of the batch counts as
    /// written: the in-memory view goes back to the last durable batch, the exception tells why, and a later call may work
    /// again.
    /// </summary>
    /// <exception cref="IOException">The batch is not durable.</exception>
    void Sync();

    /// <summary>Reads one entry of the durable or current batch; false when it is below the head, above the tail or in a gap.</summary>
    bool TryRead(ulong index, out LogEntry entry);

    /// <summary>Reads consecutive entries, many at once where that is cheaper. From any thread, like <see cref="TryRead"/>.</summary>
    /// <returns>How many were read: fewer than asked for at the first that <see cref="TryRead"/> would not find.</returns>
    int Read(ulong first, Span<LogEntry> entries)
    {
        int count = 0;
        while (count < entries.Length && TryRead(first + (ulong)count, out entries[count])) count++;
        return count;
    }

    /// <summary>
    /// Forgets the entries up to and including <paramref name="index"/>. Belongs to the current batch: their space is given back
    /// by the <see cref="Sync"/> that makes it durable.
    /// </summary>
    void TruncateHead(ulong index);

    /// <summary>
    /// Forgets every entry, so that the next may have any index: used when a snapshot replaces the log. Belongs to the current
    /// batch like <see cref="TruncateHead"/>; term and vote stay.
    /// </summary>
    void Reset();
}
