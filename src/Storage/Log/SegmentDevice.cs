using FASTER.core;

namespace Consul.Fast.Storage.Log;

/// <summary>
/// FASTER's device over <see cref="SegmentFiles"/>: writes at once, on the thread that commits, so that a commit needs no
/// second thread and no file of its own.
/// </summary>
/// <remarks>
/// A sector of one byte keeps FASTER from rewriting bytes that are durable already. A failed write is kept in
/// <see cref="Failure"/> and reported to FASTER as done: FASTER answers an error by failing for good from another thread,
/// while the log throws this instance away and opens a new one at the durable end.
/// </remarks>
internal sealed class SegmentDevice(SegmentFiles files)
    : StorageDeviceBase("raft-log", sectorSize: 1, Devices.CAPACITY_UNSPECIFIED)
{
    /// <summary>The first write that failed, or null.</summary>
    public Exception? Failure { get; private set; }

    public override unsafe void WriteAsync(
        IntPtr sourceAddress,
        int segmentId,
        ulong destinationAddress,
        uint numBytesToWrite,
        DeviceIOCompletionCallback callback,
        object context)
    {
        if (Failure is null)
        {
            try
            {
                files.Write(segmentId, (long)destinationAddress, new ReadOnlySpan<byte>((void*)sourceAddress, (int)numBytesToWrite));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Failure = failure;
            }
        }
        callback(0, numBytesToWrite, context);
    }

    public override void ReadAsync(
        int segmentId,
        ulong sourceAddress,
        IntPtr destinationAddress,
        uint readLength,
        DeviceIOCompletionCallback callback,
        object context) =>
        throw new NotSupportedException("the log reads its files itself");

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) =>
        throw new NotSupportedException("the log removes its files itself");

    public override void Dispose()
    {
        // The files belong to the log.
    }
}

/// <summary>
/// Stores nothing: where the log ends is found by reading it, so a commit needs no file beside it.
/// </summary>
internal sealed class NoCommitFiles : ILogCommitManager
{
    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
    }

    public byte[]? GetCommitMetadata(long commitNum) => null;

    public IEnumerable<long> ListCommits() => [];

    public void RemoveCommit(long commitNum)
    {
    }

    public void RemoveAllCommits()
    {
    }

    public void OnRecovery(long commitNum)
    {
    }

    public void Dispose()
    {
    }
}
