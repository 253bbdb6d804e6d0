using System.Globalization;
using System.Runtime.CompilerServices;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>
/// Measures pools. By default one small pool, to keep the machinery alive; <c>GOSSIP_MEASURE=file.csv</c> in the environment
/// writes the whole table (sizes in <c>GOSSIP_SIZES</c>, default 100,1000,10000; ten thousand nodes need 8 GB of memory and a
/// few minutes for each line). <c>GOSSIP_SLOW</c> gives the shares of slow members in percent, <c>GOSSIP_RUNS</c> the seeds per line,
/// <c>GOSSIP_LIFEGUARD</c> on, off or both, <c>GOSSIP_SECONDS</c> the simulated time, default 60.
/// </summary>
public sealed class MeasurementTests
{
    private const int LargePool = 5000;

    [Fact]
    public void Crash_is_detected_and_an_event_heard_by_everybody()
    {
        string[] line = new Measurement(new MeasurementPlan(100, Lifeguard: true, SlowPercent: 0, Seed: 1, TimeSpan.FromSeconds(60))).Run().Split(',');
        Dictionary<string, string> values = MeasurementPlan.CsvHeader.Split(',').Zip(line).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.Equal("0", values["undetected"]);
        Assert.Equal("0", values["false_healthy_members"]);
        Assert.InRange(double.Parse(values["event_100_s"], CultureInfo.InvariantCulture), 0.2, 5);
        // The shortest suspicion of a hundred nodes is 8 s; finding the crash and telling everybody takes a few more.
        Assert.InRange(double.Parse(values["detect_first_s"], CultureInfo.InvariantCulture), 8, 20);
        Assert.InRange(double.Parse(values["detect_100_s"], CultureInfo.InvariantCulture), 8, 30);
    }

    [Fact]
    public void Table_of_all_sizes_is_written()
    {
        if (Environment.GetEnvironmentVariable("GOSSIP_MEASURE") is not { } path) return;
        if (!File.Exists(path)) File.WriteAllLines(path, [MeasurementPlan.CsvHeader]);
        foreach (MeasurementPlan plan in Plans())
        {
            Measure(plan, path);
            // Two pools of ten thousand do not fit beside each other.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Measure(MeasurementPlan plan, string path) => File.AppendAllLines(path, [new Measurement(plan).Run()]);

    private static IEnumerable<MeasurementPlan> Plans() =>
        from nodes in Numbers("GOSSIP_SIZES", "100,1000,10000")
        from slow in Numbers("GOSSIP_SLOW", nodes < LargePool ? "0,1,5,10" : "0,0.1")
        from lifeguard in Words("GOSSIP_LIFEGUARD", "on,off").Select(word => word == "on")
        from seed in Enumerable.Range(1, nodes < LargePool ? (int)Numbers("GOSSIP_RUNS", "5").Single() : 1)
        let duration = TimeSpan.FromSeconds(Numbers("GOSSIP_SECONDS", "60").Single())
        select new MeasurementPlan((int)nodes, lifeguard, slow, (ulong)seed, duration);

    private static double[] Numbers(string variable, string otherwise) =>
        [.. Words(variable, otherwise).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

    private static string[] Words(string variable, string otherwise) => (Environment.GetEnvironmentVariable(variable) ?? otherwise).Split(',');
}
