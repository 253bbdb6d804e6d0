using System.Diagnostics;
using Consul.Fast.Consensus.Core;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>Takes over a leader's snapshot, away from the Raft loop: it goes on answering while the state streams in.</summary>
/// <param name="finished">Gets each install when it has ended.</param>
internal sealed class SnapshotInstaller(
    ApplyLoop apply, ISnapshotStore store, StateTurn turns, RaftMetrics metrics, ILogger logger, Action<SnapshotInstalledItem> finished)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource? _current;
    private Task _running = Task.CompletedTask;

    /// <summary>Begins; the core offers the next one only after the end of this one.</summary>
    public void Begin(SnapshotInstall install)
    {
        lock (_lock)
        {
            CancellationTokenSource current = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            _current = current;
            _running = Task.Run(() => RunAsync(install, current), CancellationToken.None);
        }
    }

    /// <summary>Ends the install under way without waiting for the rest of its state.</summary>
    public void Cancel()
    {
        lock (_lock) _current?.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task running;
        lock (_lock) running = _running;
        await running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(SnapshotInstall install, CancellationTokenSource current)
    {
        long start = Stopwatch.GetTimestamp();
        string? error;
        try
        {
            await ReceiveAsync(install, current.Token).ConfigureAwait(false);
            error = null;
            metrics.InstallSnapshot.RecordSince(start);
        }
        catch (Exception e)
        {
            // Whatever it was, the old state is back, and the leader may try again.
            error = FileErrorText.Of(e);
            Log.InstallFailed(logger, error);
        }

        lock (_lock)
        {
            _current = null;
            current.Dispose();
        }

        finished(new SnapshotInstalledItem(install, error));
    }

    private async Task ReceiveAsync(SnapshotInstall install, CancellationToken cancellation)
    {
        SnapshotRequest request = install.Request;
        using IDisposable turn = await turns.EnterAsync(cancellation).ConfigureAwait(false);
        StateReplacement replacement = new(
            apply, store, new SnapshotPlace(request.LastLogIndex, request.LastLogTerm, request.Configuration));
        await replacement.RunAsync(((SnapshotItem)install.Token).State, null, cancellation).ConfigureAwait(false);
        Log.SnapshotInstalled(logger, request.LastLogIndex, replacement.Size);
    }
}
