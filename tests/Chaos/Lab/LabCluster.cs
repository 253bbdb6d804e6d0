using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Chaos.Tests.Lab;

/// <summary>Some servers that form one cluster, the network between them, and a diary of what was done to them.</summary>
internal sealed class LabCluster : IDisposable
{
    private const int DiskMegabytes = 300;
    private readonly LabNetwork _network;
    private readonly List<LabServer> _servers = [];
    private bool _disposed;

    private LabCluster(int servers, Diary diary)
    {
        Diary = diary;
        _network = LabNetwork.Create(servers);
    }

    public Diary Diary { get; }

    public LabNetwork Network => _network;

    public IReadOnlyList<LabServer> Servers => _servers;

    /// <summary>How many servers can be missing while the others still agree.</summary>
    public int Minority => (_servers.Count - 1) / 2;

    /// <summary>Starts servers that never met before and waits until they have a leader and all of them vote.</summary>
    /// <param name="config">More keys of their configuration, without braces.</param>
    public static async Task<LabCluster> StartAsync(int servers, Diary diary, string config = "")
    {
        LabMachine.Require();
        Sweep.DeadRuns();
        var cluster = new LabCluster(servers, diary);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.Dispose();
        try
        {
            string text = cluster.Config(servers, config);
            for (int index = 0; index < servers; index++)
            {
                cluster._servers.Add(new LabServer(index, cluster.Network, text, DiskMegabytes));
                diary.Keep(cluster._servers[index].LogFile);
            }

            foreach (LabServer server in cluster.Servers) server.Start();
            await cluster.WaitForLeader();
            await cluster.WaitForVoters();
            return cluster;
        }
        catch
        {
            diary.Save();
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>The server that leads in the newest term, of those that answer; null when none does.</summary>
    public async Task<LabServer?> FindLeader(IReadOnlyList<LabServer>? among = null)
    {
        among ??= Servers;
        RaftState?[] states = await Task.WhenAll(among.Select(server => server.RaftAsync()));
        return among.Zip(states).Where(static each => each.Second is { Leads: true }).OrderByDescending(static each => each.Second!.Term)
            .Select(static each => each.First).FirstOrDefault();
    }

    /// <summary>Waits until one of the servers leads and answers a consistent read, as it does once it is sure of its followers.</summary>
    public async Task<LabServer> WaitForLeader(IReadOnlyList<LabServer>? among = null, TimeSpan? deadline = null)
    {
        LabServer? leader = null;
        await Until.True(
            async () =>
            {
                leader = await FindLeader(among);
                return leader is not null && (await leader.Http.Get("/v1/kv/none?consistent")).Is(404);
            },
            $"a leader among {string.Join(' ', (among ?? Servers).Select(static server => server.Name))}",
            deadline);
        return leader!;
    }

    /// <summary>Waits until all servers agree that all of them vote; servers that were taken for dead come back slowly.</summary>
    public Task WaitForVoters(TimeSpan? deadline = null)
    {
        string[] all = [.. Servers.Select(static server => server.Name)];
        return Until.True(
            async () => (await Task.WhenAll(Servers.Select(static server => server.VotersAsync())))
                .All(voters => voters is not null && voters.SequenceEqual(all, StringComparer.Ordinal)),
            "every server votes and all know it",
            deadline);
    }

    /// <summary>Takes back every fault there may be, and starts what does not run.</summary>
    public void HealAll()
    {
        Network.HealAll();
        foreach (LabServer server in Servers)
        {
            server.Disk.GoOn();
            server.Disk.Free();
            if (server.IsPaused) server.Continue();
            if (!server.IsMeantToRun) server.Start();
        }
    }

    /// <summary>Cuts servers off from the others, in both directions.</summary>
    public void CutOff(IReadOnlyCollection<LabServer> part)
    {
        foreach ((LabServer one, LabServer other) in Pairs().Where(pair => part.Contains(pair.One) != part.Contains(pair.Other)))
        {
            Network.Drop(one.Index, other.Index);
        }
    }

    /// <summary>Servers that ended though nobody asked them to.</summary>
    public IEnumerable<LabServer> Crashed => Servers.Where(static server => server.IsMeantToRun && server.HasEnded);

    public IEnumerable<(LabServer One, LabServer Other)> Pairs() =>
        from one in Servers from other in Servers where one != other select (one, other);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (LabServer server in Servers) server.Dispose();
        _network.Dispose();
        if (Directory.Exists(Sweep.ImageFolder)) Directory.Delete(Sweep.ImageFolder, recursive: true);
    }

    private string Config(int servers, string more)
    {
        IEnumerable<string> addresses = Enumerable.Range(0, servers).Select(index => $"\"{Network.Address(index)}\"");
        string own = $"\"bootstrap_expect\":{servers},\"retry_join\":[{string.Join(',', addresses)}],\"retry_interval\":\"1s\","
            + "\"performance\":{\"raft_multiplier\":1,\"rpc_hold_timeout\":\"2s\"},\"disable_update_check\":true,\"log_level\":\"debug\"";
        return more.Length == 0 ? $"{{{own}}}" : $"{{{own},{more}}}";
    }
}
