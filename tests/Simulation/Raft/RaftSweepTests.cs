using System.Diagnostics;
using Xunit.Abstractions;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// Runs as many seeds as wanted through all shapes and names every one that fails: <c>RAFT_SWEEP=first-last</c>. Without that
/// in the environment it runs a few, so that it is known to work. See docs/raft-simulation.md.
/// </summary>
public class RaftSweepTests(ITestOutputHelper output)
{
    [Fact]
    public void Sweep()
    {
        string[] range = (Environment.GetEnvironmentVariable("RAFT_SWEEP") ?? "100001-100002").Split('-');
        string? report = Environment.GetEnvironmentVariable("RAFT_REPORT");
        List<string> failures = [];
        foreach (string shape in SimShape.Chosen)
        {
            Totals totals = new();
            var watch = Stopwatch.StartNew();
            for (ulong seed = ulong.Parse(range[0]); seed <= ulong.Parse(range[^1]); seed++)
            {
                SimRun run = new(seed, SimShape.Parse(shape));
                if (run.Execute() is { } failure)
                {
                    failures.Add(failure);
                    Report($"FAILED {failure}");
                }

                totals.Add(run);
            }

            Report($"shape {shape}: {totals}, {watch.Elapsed.TotalSeconds:F1} s");
        }

        Assert.True(failures.Count == 0, $"{failures.Count} runs failed\n{string.Join('\n', failures)}");

        void Report(string line)
        {
            output.WriteLine(line);
            if (report is not null) File.AppendAllText(report, line + "\n");
        }
    }

    /// <summary>What the runs of a shape came to: a fault that keeps everything from happening would show here.</summary>
    private sealed class Totals
    {
        private long _runs;
        private long _events;
        private long _committed;
        private long _leaders;
        private long _done;

        public void Add(SimRun run)
        {
            _runs++;
            _events += run.Events;
            _committed += (long)run.Committed;
            _leaders += run.Leaders;
            _done += run.OperationsDone;
        }

        public override string ToString() =>
            $"{_runs} runs, each {_events / _runs} events, {_leaders / _runs} leaders, {_committed / _runs} entries, {_done / _runs} client operations";
    }
}
