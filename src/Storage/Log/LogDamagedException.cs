namespace Consul.Fast.Storage.Log;

/// <summary>
/// The log holds damage before its end, so that acknowledged entries are lost. Never thrown for an unfinished last batch,
/// which is cut off instead.
/// </summary>
public sealed class LogDamagedException(string what, string file, long offset, ulong lastGoodIndex)
    : IOException($"raft log is damaged: {what} (file {file}, byte offset {offset}, last good index {lastGoodIndex})")
{
    /// <summary>The damaged file.</summary>
    public string File { get; } = file;

    /// <summary>Byte in <see cref="File"/> from which it cannot be read.</summary>
    public long Offset { get; } = offset;

    /// <summary>The last entry that was readable before the damage; 0 for none.</summary>
    public ulong LastGoodIndex { get; } = lastGoodIndex;
}
