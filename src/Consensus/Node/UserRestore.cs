using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>
/// Replaces the state by a user's snapshot. It is restored while it is being stored, so that a snapshot that the state
/// machine refuses never becomes one of ours, and the old state comes back when it cannot be stored.
/// </summary>
internal sealed class UserRestore(RaftLoop loop, ApplyLoop apply, ISnapshotStore store, Snapshotter snapshotter, ILogger logger)
{
    /// <returns>Null when done, otherwise the error text.</returns>
    public async ValueTask<string?> RunAsync(SnapshotMeta meta, Stream state, CancellationToken cancellation)
    {
        using IDisposable pause = await snapshotter.PauseAsync(cancellation).ConfigureAwait(false);
        BeginRestoreItem begin = new(meta.Index);
        loop.Post(begin);
        RestorePlace place = await begin.Task.ConfigureAwait(false);
        if (place.Error is not null && place.Index == 0) return place.Error;
        string? error = place.Error ?? await InstallAsync(place, state).ConfigureAwait(false);
        EndRestoreItem end = new(place, restored: error is null);
        loop.Post(end);
        await end.Task.ConfigureAwait(false);
        if (error is null) Log.UserSnapshotRestored(logger, place.Index);
        else if (place.Error is not null) Log.UserRestoreFailed(logger, error);
        return error;
    }

    private async Task<string?> InstallAsync(RestorePlace place, Stream state)
    {
        MachineCapture before = await apply.RunAsync(static l => l.Capture()).ConfigureAwait(false);
        bool replaced = false;
        try
        {
            ISnapshotSink sink = store.Create(place.Index, place.Term, place.Configuration.Configuration, place.Configuration.Index);
            await using (sink.ConfigureAwait(false))
            {
                await apply.RunAsync(l => Restore(l, place, new CopyingStream(state, sink.Stream))).ConfigureAwait(false);
                replaced = true;
                await sink.CommitAsync().ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Log.UserRestoreFailed(logger, e.Message);
            if (replaced) await RollBackAsync(before).ConfigureAwait(false);
            return $"failed to restore snapshot: {FileErrorText.Of(e)}";
        }
    }

    private static bool Restore(ApplyLoop apply, RestorePlace place, CopyingStream state)
    {
        apply.Restore(state, place.Index, place.Term, place.Configuration);
        state.CopyRest();
        return true;
    }

    private async Task RollBackAsync(MachineCapture before)
    {
        using MemoryStream old = new();
        before.State?.WriteTo(old, CancellationToken.None);
        old.Position = 0;
        await apply.RunAsync(l =>
        {
            l.Restore(old, before.Index, before.Term, before.Configuration);
            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Reads a stream and writes what was read to another one.</summary>
    private sealed class CopyingStream(Stream source, Stream copy) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int count = source.Read(buffer);
            copy.Write(buffer[..count]);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        /// <summary>Copies what the reader left unread.</summary>
        public void CopyRest()
        {
            Span<byte> buffer = stackalloc byte[4096];
            while (Read(buffer) > 0)
            {
            }
        }

        public override void Flush()
        {
            // Nothing is buffered here.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
