using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Node;

/// <summary>
/// Replaces the state by a snapshot from elsewhere. It is restored while it is being stored, so that a snapshot that the state
/// machine refuses never becomes one of ours; until the end the old state can be taken back.
/// </summary>
/// <remarks>The caller has the <see cref="StateTurn"/>, and the core holds back what is committed.</remarks>
internal sealed class StateReplacement(ApplyLoop apply, ISnapshotStore store, SnapshotPlace place)
{
    private EarlierState? _before;
    private SnapshotMeta? _stored;

    /// <summary>Bytes of the state stream.</summary>
    public long Size => _stored?.Size ?? 0;

    /// <summary>The new state is restored and stored.</summary>
    public bool IsDone => _stored is not null;

    /// <summary>Restores and stores; after an exception everything is as before.</summary>
    /// <param name="mayStore">Asked before the snapshot becomes one of ours.</param>
    /// <returns>False when it was not to be stored: the old state is back.</returns>
    public async Task<bool> RunAsync(Stream state, Func<ValueTask<bool>>? mayStore, CancellationToken cancellation)
    {
        try
        {
            ISnapshotSink sink = store.Create(place.Index, place.Term, place.Configuration.Configuration, place.Configuration.Index);
            await using (sink.ConfigureAwait(false))
            {
                StoringStream storing = new(state, sink.Stream, cancellation);
                await apply.RunAsync(l => Restore(l, storing)).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                if (mayStore is null || await mayStore().ConfigureAwait(false))
                {
                    await CommitAsync(sink).ConfigureAwait(false);
                    return true;
                }
            }
        }
        catch
        {
            await UndoAsync().ConfigureAwait(false);
            throw;
        }

        await UndoAsync().ConfigureAwait(false);
        return false;
    }

    /// <summary>Takes the old state back and the snapshot away.</summary>
    public async Task UndoAsync()
    {
        if (_before is { } before)
        {
            await apply.RunAsync(l => Revert(l, before)).ConfigureAwait(false);
            _before = null;
        }

        if (_stored is { } stored) store.Remove(stored);
        _stored = null;
    }

    /// <summary>
    /// Makes the snapshot the newest. Those that are ahead of it belong to another past; the last of them goes only when
    /// this one is there.
    /// </summary>
    private async Task CommitAsync(ISnapshotSink sink)
    {
        SnapshotMeta[] ahead = [.. store.List().Where(s => s.Index > place.Index || s.Term > place.Term)];
        foreach (SnapshotMeta other in ahead.Skip(1)) store.Remove(other);
        _stored = await sink.CommitAsync().ConfigureAwait(false);
        if (ahead.Length > 0) store.Remove(ahead[0]);
    }

    private static bool Revert(ApplyLoop apply, EarlierState before)
    {
        apply.Revert(before);
        return true;
    }

    private bool Restore(ApplyLoop apply, StoringStream state)
    {
        EarlierState before = apply.Remember();
        apply.Restore(state, place);
        _before = before;
        state.StoreRest();
        return true;
    }
}

/// <summary>A snapshot's place in the log.</summary>
internal sealed record SnapshotPlace(ulong Index, ulong Term, ConfigurationPoint Configuration);
