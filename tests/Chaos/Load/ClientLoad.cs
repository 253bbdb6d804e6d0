using Consul.Fast.Chaos.Tests.Lab;

namespace Consul.Fast.Chaos.Tests.Load;

/// <summary>Clients that work until they are stopped, at a pace that leaves the machine to the servers.</summary>
internal sealed class ClientLoad : IDisposable
{
    private const int RegisterClients = 6;
    private const int JournalClients = 2;
    private static readonly TimeSpan s_registerPace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_journalPace = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan s_era = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<LabHttp> _connections = [];
    private readonly List<Task> _loops = [];
    private readonly Diary _diary;

    /// <param name="targets">The servers that the clients know.</param>
    public ClientLoad(IReadOnlyList<LabServer> targets, Diary diary, int seed)
    {
        _diary = diary;
        Records = new LoadRecords(diary.NewFile("requests.log"));
        TimeSpan begin = diary.Now;
        for (int number = 0; number < RegisterClients + JournalClients; number++)
        {
            LabHttp[] servers = [.. targets.Select(static server => new LabHttp(server.Address, s_patience))];
            _connections.AddRange(servers);
            if (number < RegisterClients)
            {
                var client = new RegisterClient(number, seed + number, servers, Records, () => (int)((diary.Now - begin) / s_era));
                _loops.Add(Loop(client.Next, s_registerPace));
            }
            else
            {
                var client = new JournalClient(number, seed + number, servers, Records);
                _loops.Add(Loop(client.Next, s_journalPace));
            }
        }

        Eras = () => (int)((diary.Now - begin) / s_era) + 1;
    }

    public LoadRecords Records { get; }

    /// <summary>How many sets of keys were used by now.</summary>
    public Func<int> Eras { get; }

    /// <summary>Waits for the requests under way; fails with what a client found wrong at once.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        _diary.Note($"clients stopped: {Records.AnsweredWrites} writes answered, {Records.FailedWrites} failed, {Records.Loose.Count} loose reads");
        foreach (string failure in Records.Failures) _diary.Note($"  {failure}");
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (LabHttp connection in _connections) connection.Dispose();
        _stop.Dispose();
        Records.Dispose();
    }

    private async Task Loop(Func<Task> next, TimeSpan pace)
    {
        using var timer = new PeriodicTimer(pace);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) await next();
        }
        catch (OperationCanceledException)
        {
            // Stopped while it waited for its turn.
        }
    }
}
