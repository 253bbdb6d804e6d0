using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>
/// Replaces the state of a cluster by a user's snapshot, on its leader; the followers get it as a snapshot because their logs
/// end below it. Whoever loses leadership before the end goes back to what the log says.
/// </summary>
internal sealed class UserRestore(RaftLoop loop, ApplyLoop apply, ISnapshotStore store, StateTurn turns, ILogger logger)
{
    /// <returns>Null when done, otherwise the error text.</returns>
    public async ValueTask<string?> RunAsync(SnapshotMeta meta, Stream state, CancellationToken cancellation)
    {
        using IDisposable turn = await turns.EnterAsync(cancellation).ConfigureAwait(false);
        BeginRestoreItem begin = new(meta.Index);
        loop.Post(begin);
        RestorePlace given = await begin.Task.ConfigureAwait(false);
        if (given.Place is not { } place) return given.Error;
        string? error = await ReplaceAsync(place, state).ConfigureAwait(false);
        if (error is null) Log.UserSnapshotRestored(logger, place.Index);
        else Log.UserRestoreFailed(logger, error);
        return error;
    }

    private async Task<string?> ReplaceAsync(SnapshotPlace place, Stream state)
    {
        StateReplacement replacement = new(apply, store, place);
        string? error = null;
        try
        {
            if (!await replacement.RunAsync(state, () => IsStillWantedAsync(place), CancellationToken.None).ConfigureAwait(false) ||
                !await EndAsync(place, restored: true).ConfigureAwait(false))
            {
                error = RaftErrors.LeadershipLost;
                await replacement.UndoAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            error = $"failed to restore snapshot: {FileErrorText.Of(e)}";
        }
        finally
        {
            // Also after a fault: nothing is applied until it is said that the old state is back.
            if (!replacement.IsDone || error is not null) await EndAsync(place, restored: false).ConfigureAwait(false);
        }

        return error;
    }

    private ValueTask<bool> IsStillWantedAsync(SnapshotPlace place)
    {
        ConfirmRestoreItem confirm = new(place);
        loop.Post(confirm);
        return new(confirm.Task);
    }

    private Task<bool> EndAsync(SnapshotPlace place, bool restored)
    {
        EndRestoreItem end = new(place, restored);
        loop.Post(end);
        return end.Task;
    }
}
