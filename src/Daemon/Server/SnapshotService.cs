using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Snapshots;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// Saves the state to archives and restores it from them. Archives pass through temporary files, so that memory stays
/// bounded and nothing is sent or restored before it is known to be whole. Thread safe.
/// </summary>
/// <param name="snapshots">Where Raft puts the snapshots it takes.</param>
/// <param name="temporaryDirectory">Must exist and have room for an archive.</param>
/// <param name="retakeLeadership">Runs the leader's take-over again, so that timers match a restored state; an error text or null.</param>
internal sealed class SnapshotService(
    IServerContext server,
    LeaderGate gate,
    ISnapshotStore snapshots,
    string temporaryDirectory,
    Func<CancellationToken, ValueTask<string?>> retakeLeadership,
    ILogger logger) : ISnapshots, IDisposable
{
    private readonly SemaphoreSlim _restoring = new(1, 1);
    private volatile bool _replacing;

    private const string SaveFailed = "Raft error when taking snapshot: ";
    private const string RestoreFailed = "Raft error when restoring snapshot: ";

    /// <summary>
    /// True while the state is a restored one that a majority does not know of yet: it could still be lost with this leader, so
    /// nobody may read it.
    /// </summary>
    public bool IsReplacing => _replacing;

    public async ValueTask<RpcResult<Stream>> SaveAsync(DcSpecificRequest request)
    {
        if (!request.AllowStale && await gate.ConfirmAsync(request.Cancellation) is { } unconfirmed)
            return RpcResult<Stream>.Fail(unconfirmed);
        (SnapshotMeta? snapshot, string? error) = await server.Consensus.SnapshotAsync(request.Cancellation);
        if (snapshot is null) return RpcResult<Stream>.Fail(SaveFailed + error);
        (FileStream? archive, string? fault) = await PackAsync(snapshot, request.Cancellation);
        return archive is null ? RpcResult<Stream>.Fail(fault!) : RpcResult<Stream>.Ok(archive, gate.Meta(snapshot.Index));
    }

    public async ValueTask<RpcResult<bool>> RestoreAsync(DcSpecificRequest request, Stream archive)
    {
        if (request.AllowStale) return RpcResult<bool>.Fail("stale not allowed for restore");
        ReadSnapshot read;
        try
        {
            read = await SnapshotArchive.ReadAsync(archive, temporaryDirectory, request.Cancellation);
        }
        catch (InvalidDataException damage)
        {
            return RpcResult<bool>.Fail(damage.Message);
        }
        catch (SnapshotFileException fault)
        {
            ServerLog.SnapshotRestoreFailed(logger, fault);
            return RpcResult<bool>.Fail(fault.Message);
        }

        using (read)
        {
            // The next restore would abort the barrier of this one.
            await _restoring.WaitAsync(request.Cancellation);
            try
            {
                return await InstallAsync(read, request.Cancellation);
            }
            finally
            {
                _restoring.Release();
            }
        }
    }

    public void Dispose() => _restoring.Dispose();

    /// <summary>The archive of a snapshot, at its start, or what went wrong.</summary>
    private async Task<(FileStream? Archive, string? Fault)> PackAsync(SnapshotMeta snapshot, CancellationToken cancellation)
    {
        string step = "failed to open snapshot: ";
        FileStream? archive = null;
        bool done = false;
        try
        {
            await using Stream state = snapshots.Open(snapshot);
            step = "failed to create snapshot file: ";
            archive = CreateTemporaryFile();
            step = "failed to write snapshot file: ";
            await SnapshotArchive.WriteAsync(archive, snapshot, state, cancellation);
            archive.Position = 0;
            done = true;
            return (archive, null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            ServerLog.SnapshotSaveFailed(logger, fault);
            return (null, step + FileErrorText.Of(fault));
        }
        finally
        {
            if (!done && archive is not null) await archive.DisposeAsync();
        }
    }

    private async ValueTask<RpcResult<bool>> InstallAsync(ReadSnapshot read, CancellationToken cancellation)
    {
        _replacing = true;
        try
        {
            if (await server.Consensus.RestoreAsync(read.Meta, read.State, cancellation) is { } error)
                return RpcResult<bool>.Fail(RestoreFailed + error);
            ServerLog.SnapshotRestored(logger, read.Meta.Id, read.Meta.Index);
            // Whether the caller still waits or not, what is restored has to be settled.
            ProposalResult barrier = await server.Consensus.BarrierAsync(CancellationToken.None);
            if (barrier.Error is { } unsettled) return RpcResult<bool>.Fail(unsettled);
        }
        finally
        {
            _replacing = false;
        }

        return await retakeLeadership(cancellation) is { } fault ? RpcResult<bool>.Fail(fault) : RpcResult<bool>.Ok(true);
    }

    private FileStream CreateTemporaryFile() =>
        new(Path.Combine(temporaryDirectory, $"archive-{Guid.NewGuid():N}.tmp"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
}
