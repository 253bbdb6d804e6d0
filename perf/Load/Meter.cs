using System.Diagnostics;

namespace Consul.Fast.Perf.Load;

/// <summary>Runs loops side by side and measures them together with the processes involved.</summary>
internal sealed class Meter(LoadOptions options)
{
    private readonly TimeSpan? _serverCpu = ServerProcess.Cpu(options.ProcessIds);
    private readonly TimeSpan _clientCpu = Environment.CpuUsage.TotalTime;
    private readonly long _begin = Stopwatch.GetTimestamp();

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_begin);

    /// <summary>False when a loop has to end.</summary>
    public bool IsRunning => Elapsed < options.Duration;

    /// <summary>Runs one loop per recorder until all have ended.</summary>
    public static async Task<LoadReport> RunAsync(LoadOptions options, int loops, Func<int, Meter, Recorder, Task> loop)
    {
        var meter = new Meter(options);
        Recorder[] recorders = [.. Enumerable.Range(0, loops).Select(_ => new Recorder())];
        await Task.WhenAll(recorders.Select((recorder, number) => Task.Run(() => loop(number, meter, recorder))));
        return meter.Report(recorders);
    }

    public LoadReport Report(params Recorder[] recorders) => new(
        options.Work,
        recorders.Sum(recorder => recorder.Failures),
        Elapsed,
        [.. recorders.SelectMany(recorder => recorder.Latencies).Order()],
        ServerProcess.Cpu(options.ProcessIds) - _serverCpu,
        Environment.CpuUsage.TotalTime - _clientCpu);
}

/// <summary>What one loop notes.</summary>
internal sealed class Recorder
{
    public List<long> Latencies { get; } = [];

    public long Failures { get; private set; }

    /// <summary>Notes a request that began at <paramref name="begin"/> and has ended now.</summary>
    public void Add(long begin, bool succeeded)
    {
        Latencies.Add(Stopwatch.GetTimestamp() - begin);
        if (!succeeded) Failures++;
    }
}
