using System.Diagnostics;
using System.Globalization;
using Consul.Fast.Chaos.Tests.Lab;
using Consul.Fast.Chaos.Tests.Load;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Chaos.Tests.Nemesis;

/// <summary>Carries a schedule out while clients work.</summary>
internal sealed class FaultRun(LabCluster cluster, LoadRecords records)
{
    /// <summary>A follower that was not reached for long is tried again after ten seconds at the latest.</summary>
    private static readonly TimeSpan s_recoveryMax = TimeSpan.FromSeconds(20);

    private TimeSpan _slowest;

    /// <exception cref="TimeoutException">After a fault no client was served for too long.</exception>
    /// <exception cref="InvalidOperationException">A server ended by itself.</exception>
    public async Task RunAsync(IEnumerable<Step> schedule, TimeSpan duration)
    {
        TimeSpan end = cluster.Diary.Now + duration;
        int steps = 0;
        foreach (Step step in schedule)
        {
            if (cluster.Diary.Now >= end) break;
            steps++;
            await RunAsync(step);
        }

        cluster.Diary.Note(string.Create(CultureInfo.InvariantCulture, $"{steps} steps, slowest recovery {_slowest.TotalSeconds:F1} s"));
    }

    private async Task RunAsync(Step step)
    {
        LabServer[] order = await Order(step);
        var begun = new List<(Fault Fault, LabServer[] Victims)>();
        int next = 0;
        int before = records.AnsweredWrites;
        foreach ((Fault fault, int count) in step.Faults)
        {
            LabServer[] victims = order[next..(next + count)];
            next += count;
            cluster.Diary.Note($"{fault.Name} {Names(victims)}");
            begun.Add((fault, victims));
            await fault.Begin(cluster, victims);
        }

        await Task.Delay(step.Hold);
        foreach ((Fault fault, LabServer[] victims) in begun)
        {
            cluster.Diary.Note($"end of: {fault.Name} {Names(victims)}; {records.AnsweredWrites - before} writes meanwhile");
            await fault.End(cluster, victims);
        }

        await Task.Delay(step.Rest);
        if (step.AwaitRecovery) await Recover();
        if (cluster.Crashed.FirstOrDefault() is { } crashed) throw new InvalidOperationException($"{crashed.Name} ended by itself.");
    }

    private async Task Recover()
    {
        var watch = Stopwatch.StartNew();
        int before = records.AnsweredWrites;
        await Until.True(() => records.AnsweredWrites >= before + 10, "ten writes after a fault", s_recoveryMax);
        if (watch.Elapsed > _slowest) _slowest = watch.Elapsed;
    }

    private async Task<LabServer[]> Order(Step step)
    {
        LabServer[] order = [.. step.Order.Select(index => cluster.Servers[index])];
        if (!step.LeaderFirst || await cluster.FindLeader() is not { } leader) return order;
        return [leader, .. order.Where(server => server != leader)];
    }

    private static string Names(IEnumerable<LabServer> servers) => string.Join(' ', servers.Select(static server => server.Name));
}
