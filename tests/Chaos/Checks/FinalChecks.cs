using Consul.Fast.Chaos.Tests.Lab;
using Consul.Fast.Chaos.Tests.Load;
using Consul.Fast.Tests.Harness;
using Consul.Fast.Tests.Harness.History;

namespace Consul.Fast.Chaos.Tests.Checks;

/// <summary>What must be true when all faults are over.</summary>
internal static class FinalChecks
{
    private const int FinalReader = 99;
    private static readonly TimeSpan s_healing = TimeSpan.FromSeconds(60);
    private static readonly string[] s_crashes = ["Unhandled", "Exception", "panic: ", "   at Consul.Fast", "fatal error", "Process terminated"];

    /// <summary>Heals everything, lets the clients see that all is well, stops them, and checks what they were told.</summary>
    public static async Task AllWell(LabCluster cluster, ClientLoad load)
    {
        cluster.HealAll();
        await cluster.WaitForLeader(deadline: s_healing);
        int before = load.Records.AnsweredWrites;
        await Until.True(() => load.Records.AnsweredWrites > before + 100, "clients are served after all faults");
        await load.StopAsync();
        await Converged(cluster);
        await EverythingIsThere(cluster, load);
        LogsAreClean(cluster);
    }

    /// <summary>One leads, all the others follow it, and all have applied the same log to the same tables.</summary>
    public static async Task Converged(LabCluster cluster)
    {
        string difference = "";
        try
        {
            await cluster.WaitForVoters(s_healing);
            await Until.True(
                async () => (difference = await Difference(cluster)).Length == 0, "all servers are alike", s_healing);
        }
        catch (TimeoutException fault)
        {
            string states = string.Join('\n', (await States(cluster)).Select((state, index) => $"{cluster.Servers[index].Name}: {state}"));
            throw new TimeoutException($"{fault.Message}\n{difference}\n{states}", fault);
        }

        foreach (RaftState? state in await States(cluster)) cluster.Diary.Note($"at last: {state}");
    }

    /// <summary>No server ever printed what a crash prints, and all that should run do.</summary>
    public static void LogsAreClean(LabCluster cluster)
    {
        foreach (LabServer server in cluster.Servers)
        {
            string[] lines =
            [
                .. File.ReadLines(server.LogFile).Where(IsOfACrash).Take(10),
            ];
            Assert.True(lines.Length == 0, $"{server.Name} printed:\n{string.Join('\n', lines)}");
        }

        Assert.Empty(cluster.Crashed.Select(static server => server.Name));
    }

    private static bool IsOfACrash(string line) => s_crashes.Any(sign => line.Contains(sign, StringComparison.Ordinal));

    private static Task<RaftState?[]> States(LabCluster cluster) =>
        Task.WhenAll(cluster.Servers.Select(static server => server.RaftAsync()));

    /// <summary>The first thing in which servers differ; empty when there is none.</summary>
    private static async Task<string> Difference(LabCluster cluster)
    {
        RaftState?[] states = await States(cluster);
        if (states.Any(static state => state is null)) return "not all answer";
        if (states.Count(static state => state!.Leads) != 1) return "not exactly one leads";
        if (states.Select(static state => state!.Term).Distinct().Count() != 1) return "terms differ";
        if (!states.All(static state => state!.IsSettled)) return "not all is applied";
        if (states.Select(static state => state!.Applied).Distinct().Count() != 1) return "indexes differ";
        foreach (string path in (string[])["/v1/kv/?recurse&stale", "/v1/catalog/nodes?stale", "/v1/session/list?stale"])
        {
            Reply[] replies = await Task.WhenAll(cluster.Servers.Select(server => server.Http.Get(path)));
            if (replies.Any(static reply => reply.Answer is not { Status: 200 or 404 })) return $"{path}: not all answer: {replies.First(r => !r.Is(200))}";
            int different = Array.FindIndex(replies, reply => reply.Answer!.Text != replies[0].Answer!.Text);
            if (different > 0) return $"{path}: {cluster.Servers[different].Name} differs from {cluster.Servers[0].Name}";
        }

        return "";
    }

    private static async Task EverythingIsThere(LabCluster cluster, ClientLoad load)
    {
        LoadRecords records = load.Records;
        Dictionary<string, string> journal = KvListing.Read(await cluster.Servers[0].Http.Get($"/v1/kv/{Journal.Folder}?recurse&stale"));
        NoFaults("journal", records.Journal.Faults(journal));
        NoFaults("loose reads", records.Loose.Faults());

        LabHttp[] servers = [.. cluster.Servers.Select(static server => server.Http)];
        var reader = new RegisterClient(FinalReader, 0, servers, records, () => 0);
        for (int era = 0; era < load.Eras(); era++)
        {
            for (int key = 0; key < RegisterClient.KeyCount; key++)
            {
                await reader.Read(servers[key % servers.Length], RegisterClient.Key(era, key));
            }
        }

        IReadOnlyList<Operation> operations = records.History.Operations;
        HistoryCheck check = Linearizability.Check(operations);
        cluster.Diary.Note(
            $"{operations.Count} operations on registers, {operations.Count(static each => each.IsUnknown)} of unknown outcome; "
            + $"{records.Journal.Acknowledged} keys in the journal; {check}");
        Assert.True(check.Verdict == Verdict.Linearizable, check.ToString());
    }

    private static void NoFaults(string what, IEnumerable<string> faults)
    {
        string[] found = [.. faults];
        Assert.True(found.Length == 0, $"{what}: {found.Length} faults\n{string.Join('\n', found.Take(20))}");
    }
}
