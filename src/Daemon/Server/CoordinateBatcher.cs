using Consul.Fast.Consensus;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// Collects the places that nodes report and writes them into the state now and then, many at a time: the newest of each node
/// and segment, so many in a period at most. Thread safe.
/// </summary>
/// <param name="period">Between two writings.</param>
internal sealed class CoordinateBatcher(CommandProposer commands, TimeSpan period, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>In one command, which keeps log entries small.</summary>
    public const int BatchSize = 128;

    /// <summary>Commands in a period; what is more is dropped, agents report again soon.</summary>
    public const int BatchesMax = 5;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private Dictionary<(string Node, string Segment), Coordinate> _pending = [];
    private int _discarded;
    private Task _loop = Task.CompletedTask;

    /// <summary>Takes a report; it replaces an older one that waits.</summary>
    public void Add(Coordinate coordinate)
    {
        (string Node, string Segment) key = (coordinate.Node, coordinate.Segment);
        lock (_gate)
        {
            if (_pending.Count < BatchSize * BatchesMax || _pending.ContainsKey(key)) _pending[key] = coordinate;
            else _discarded++;
        }
    }

    public void Start() => _loop = RunAsync();

    /// <summary>Writes what waits.</summary>
    internal async Task FlushAsync()
    {
        Dictionary<(string Node, string Segment), Coordinate> taken;
        int discarded;
        lock (_gate)
        {
            if (_pending.Count == 0) return;
            (taken, _pending) = (_pending, []);
            (discarded, _discarded) = (_discarded, 0);
        }

        if (discarded > 0) ServerLog.CoordinatesDiscarded(logger, discarded);
        foreach (Coordinate[] batch in taken.Values.Chunk(BatchSize))
        {
            ProposalResult result = await commands.ProposeAsync(batch);
            if (ProposalError.Of(result) is not { } error) continue;
            ServerLog.CoordinateBatchFailed(logger, error);
            return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) await FlushAsync();
        }
        catch (OperationCanceledException)
        {
            // The server stops; what waits is reported again to another one.
        }
    }
}
