using System.Diagnostics;
using System.Globalization;
using Consul.Fast.Chaos.Tests.Checks;
using Consul.Fast.Chaos.Tests.Lab;
using Consul.Fast.Chaos.Tests.Load;
using Consul.Fast.Tests.Harness;
using Xunit.Abstractions;

namespace Consul.Fast.Chaos.Tests;

/// <summary>What becomes of the leadership when servers die, come back, or cannot write.</summary>
public sealed class LeaderTests(ITestOutputHelper output)
{
    private const int Seed = 20260802;
    private const int Kills = 3;
    private static readonly TimeSpan s_electionMax = TimeSpan.FromSeconds(2.5);

    [LabFact]
    public async Task Killed_leader_has_a_successor_within_two_and_a_half_seconds()
    {
        var diary = new Diary(output, "leader-killed");
        await diary.Tell(async () =>
        {
            using LabCluster cluster = await LabCluster.StartAsync(3, diary);
            for (int kill = 0; kill < Kills; kill++)
            {
                LabServer leader = await cluster.WaitForLeader();
                LabServer[] others = [.. cluster.Servers.Where(server => server != leader)];
                var watch = Stopwatch.StartNew();
                await leader.KillAsync();
                await Until.True(async () => await cluster.FindLeader(others) is not null, "a successor");
                TimeSpan elected = watch.Elapsed;
                await Until.True(async () => (await others[0].Http.Put("/v1/kv/after", "x")).Is(200), "a write after the election");
                diary.Note(string.Create(
                    CultureInfo.InvariantCulture,
                    $"elected after {elected.TotalMilliseconds:F0} ms, first write after {watch.Elapsed.TotalMilliseconds:F0} ms"));
                if (ProgramFile.IsPublished && !LabMachine.TestsReference) Assert.True(elected <= s_electionMax, $"elected after {elected.TotalSeconds:F2} s");
                leader.Start();
                await FinalChecks.Converged(cluster);
            }

            FinalChecks.LogsAreClean(cluster);
        });
        await Remains.None();
    }

    [LabFact]
    public async Task Restarted_followers_cause_no_election()
    {
        var diary = new Diary(output, "follower-restarted");
        await diary.Tell(async () =>
        {
            using LabCluster cluster = await LabCluster.StartAsync(3, diary);
            using var load = new ClientLoad(cluster.Servers, diary, Seed);
            LabServer leader = await cluster.WaitForLeader();
            long term = (await leader.RaftAsync())!.Term;
            foreach (LabServer follower in cluster.Servers.Where(server => server != leader))
            {
                await follower.KillAsync();
                follower.Start();
                await CaughtUp(leader, follower);
                await follower.TerminateAsync();
                follower.Start();
                await CaughtUp(leader, follower);
            }

            await FinalChecks.AllWell(cluster, load);
            RaftState after = (await leader.RaftAsync())!;
            Assert.Equal((true, term), (after.Leads, after.Term));
        });
        await Remains.None();
    }

    [LabFact]
    public async Task Leader_whose_disk_stalls_hands_over()
    {
        if (LabMachine.TestsReference)
        {
            output.WriteLine("A real Consul whose disk stalls goes on leading.");
            return;
        }

        var diary = new Diary(output, "disk-stalled");
        await diary.Tell(async () =>
        {
            using LabCluster cluster = await LabCluster.StartAsync(3, diary);
            using var load = new ClientLoad(cluster.Servers, diary, Seed);
            LabServer leader = await cluster.WaitForLeader();
            LabServer[] others = [.. cluster.Servers.Where(server => server != leader)];
            await Until.True(() => load.Records.AnsweredWrites > 100, "writes before the fault");
            var watch = Stopwatch.StartNew();
            leader.Disk.Stall();
            diary.Note($"stalled the disk of {leader.Name}");
            await Until.True(async () => await cluster.FindLeader(others) is not null, "a successor");
            diary.Note(string.Create(CultureInfo.InvariantCulture, $"successor after {watch.Elapsed.TotalSeconds:F2} s"));
            await Until.True(async () => (await others[0].Http.Put("/v1/kv/after", "x")).Is(200), "a write while the disk stalls");
            leader.Disk.GoOn();
            await FinalChecks.AllWell(cluster, load);
        });
        await Remains.None();
    }

    [LabFact]
    public async Task Leader_whose_disk_is_full_loses_nothing()
    {
        var diary = new Diary(output, "disk-full");
        await diary.Tell(async () =>
        {
            using LabCluster cluster = await LabCluster.StartAsync(3, diary);
            using var load = new ClientLoad(cluster.Servers, diary, Seed);
            LabServer leader = await cluster.WaitForLeader();
            await Until.True(() => load.Records.AnsweredWrites > 100, "writes before the fault");
            leader.Disk.Fill();
            diary.Note($"filled the disk of {leader.Name}");
            await WriteUntilItGivesUp(leader, diary);
            int before = load.Records.AnsweredWrites;
            await Until.True(
                () => load.Records.AnsweredWrites > before + 50, "others take over from a leader that cannot write", TimeSpan.FromSeconds(20));
            diary.Note($"leader is now {(await cluster.WaitForLeader()).Name}");
            leader.Disk.Free();
            await FinalChecks.AllWell(cluster, load);
        });
        await Remains.None();
    }

    /// <summary>Writes more than the space that a log may have set aside, until the server says no or leads no more.</summary>
    private static async Task WriteUntilItGivesUp(LabServer leader, Diary diary)
    {
        const int Bytes = 370_000;
        const int Most = 400;
        // A log may be compressed: the values must not be.
        byte[] noise = new byte[Bytes];
        new Random(Seed).NextBytes(noise);
        string value = Convert.ToBase64String(noise);
        for (int write = 0; write < Most; write++)
        {
            Reply reply = await leader.Http.Put(string.Create(CultureInfo.InvariantCulture, $"/v1/kv/large/{write % 10}"), value);
            bool leads = await leader.RaftAsync() is { Leads: true };
            if (reply.Is(200) && leads) continue;
            diary.Note($"after {write} large writes: {reply}; {leader.Name} {(leads ? "leads" : "leads no more")}");
            return;
        }

        Assert.Fail($"{Most} large writes fit on a full disk");
    }

    private static Task CaughtUp(LabServer leader, LabServer follower) => Until.True(
        async () => await leader.RaftAsync() is { } first && await follower.RaftAsync() is { State: "Follower" } second
            && second.Applied >= first.Applied - 100 && second.Applied > 0,
        $"{follower.Name} follows again");
}
