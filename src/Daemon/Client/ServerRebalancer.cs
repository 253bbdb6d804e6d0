namespace Consul.Fast.Daemon.Client;

/// <summary>
/// Spreads the agents of a datacenter over its servers: every few minutes it shuffles the list of servers and puts one in front
/// that answers. Large clusters do it more rarely, so that servers see no more than 64 such agents a second.
/// </summary>
/// <param name="isHealthy">Whether a server answers; does not throw.</param>
/// <param name="clusterSize">Members of the LAN pool.</param>
internal sealed class ServerRebalancer(
    ServerList servers, Func<RpcServerAddress, Task<bool>> isHealthy, Func<int> clusterSize, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PauseSpread = TimeSpan.FromMinutes(1);

    /// <summary>What each node of the cluster adds to the pause.</summary>
    private static readonly TimeSpan PausePerNode = TimeSpan.FromSeconds(1.0 / 64);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    /// <summary>Shuffles once; when no server answers, all stays as it is.</summary>
    internal async Task RebalanceAsync()
    {
        RpcServerAddress[] order = [.. servers.All];
        Random.Shared.Shuffle(order);
        for (int tried = 0; tried < order.Length; tried++)
        {
            if (await isHealthy(order[0]))
            {
                servers.Reorder(order);
                return;
            }

            order = [.. order[1..], order[0]];
        }
    }

    /// <summary>The time until the next shuffle.</summary>
    internal static TimeSpan Pause(int nodes, int servers, double chance)
    {
        TimeSpan spread = PauseMin + (PauseSpread * chance);
        TimeSpan scaled = PausePerNode * nodes / Math.Max(1, servers);
        return scaled > spread ? scaled : spread;
    }

    private async Task RunAsync()
    {
        try
        {
            await Task.Delay(PauseMin, time, _stop.Token);
            while (true)
            {
                await RebalanceAsync();
                await Task.Delay(Pause(clusterSize(), servers.Count, Random.Shared.NextDouble()), time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
        }
    }
}
