using System.Globalization;
using Consul.Fast.Chaos.Tests.Checks;
using Consul.Fast.Chaos.Tests.Lab;
using Consul.Fast.Chaos.Tests.Load;
using Consul.Fast.Chaos.Tests.Nemesis;
using Xunit.Abstractions;

namespace Consul.Fast.Chaos.Tests;

/// <summary>
/// Servers under clients and random faults: whatever was acknowledged is true in the end, and nobody ever saw time run backwards.
/// </summary>
public sealed class RandomFaultTests(ITestOutputHelper output)
{
    private const int Runs = 2;

    /// <summary>Snapshots are taken all the time, and who was away for long needs one.</summary>
    private const string Snapshots = "\"raft_snapshot_threshold\":1000,\"raft_snapshot_interval\":\"2s\",\"raft_trailing_logs\":300";

    [LabTheory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Servers_agree_through_random_faults(int servers)
    {
        int seed = RunSettings.Seed;
        TimeSpan duration = RunSettings.Duration(Runs);
        var diary = new Diary(output, string.Create(CultureInfo.InvariantCulture, $"random-{servers}"));
        await diary.Tell(async () =>
        {
            diary.Note(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {servers} servers, {duration.TotalSeconds:F0} s"));
            foreach (Step step in Schedule.Of(seed, servers).Take(Math.Max(10, (int)(duration.TotalSeconds / 3)))) diary.Note($"  planned: {step}");
            try
            {
                using LabCluster cluster = await LabCluster.StartAsync(servers, diary, Snapshots);
                using var load = new ClientLoad(cluster.Servers, diary, seed);
                await new FaultRun(cluster, load.Records).RunAsync(Schedule.Of(seed, servers), duration);
                await FinalChecks.AllWell(cluster, load);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}: {fault.Message}", fault);
            }
        });
        await Remains.None();
    }
}
