using System.Diagnostics;

namespace Consul.Fast.Perf.Load;

/// <summary>Runs one kind of work on all connections and collects what they measured.</summary>
internal static class LoadRun
{
    private const int Ok = 200;

    public static async Task<LoadReport> ExecuteAsync(LoadOptions options)
    {
        await PrepareAsync(options);
        if (options.Work == Work.Watch) return await WatchRun.ExecuteAsync(options);
        HttpConnection[] connections = await ConnectAsync(options);
        TimeSpan? cpu = ServerCpu.Read(options.ProcessIds);
        var watch = Stopwatch.StartNew();
        Counts[] counts = await Task.WhenAll(
            connections.Select((connection, number) => Task.Run(() => LoopAsync(connection, number, options, watch))));
        TimeSpan elapsed = watch.Elapsed;
        TimeSpan? used = ServerCpu.Read(options.ProcessIds) - cpu;
        foreach (HttpConnection connection in connections) connection.Dispose();
        long[] latencies = [.. counts.SelectMany(count => count.Latencies).Order()];
        return new LoadReport(options.Work, latencies.Length, counts.Sum(count => count.Failures), elapsed, latencies, used);
    }

    public static async Task<HttpConnection[]> ConnectAsync(LoadOptions options)
    {
        var connections = new HttpConnection[options.Connections];
        for (int i = 0; i < connections.Length; i++)
        {
            connections[i] = new HttpConnection();
            await connections[i].ConnectAsync(options.Host, options.Port);
        }

        return connections;
    }

    private static async Task PrepareAsync(LoadOptions options)
    {
        using var connection = new HttpConnection();
        await connection.ConnectAsync(options.Host, options.Port);
        await connection.SendAsync(Requests.Put($"/v1/kv/{Requests.Key}", options.ValueBytes));
        (int status, _) = await connection.ReceiveAsync();
        if (status != Ok) throw new InvalidOperationException($"The agent answered {status} to the first write.");
    }

    private static async Task<Counts> LoopAsync(HttpConnection connection, int number, LoadOptions options, Stopwatch watch)
    {
        byte[][] requests = Requests.Of(options, number);
        byte[] pipelined = new byte[options.Pipeline * requests.Max(request => request.Length)];
        var counts = new Counts([], 0);
        for (int next = 0; watch.Elapsed < options.Duration;)
        {
            int length = 0;
            for (int i = 0; i < options.Pipeline; i++, next++)
            {
                byte[] request = requests[next % requests.Length];
                request.CopyTo(pipelined, length);
                length += request.Length;
            }

            long begin = Stopwatch.GetTimestamp();
            await connection.SendAsync(pipelined.AsMemory(0, length));
            for (int i = 0; i < options.Pipeline; i++)
            {
                (int status, _) = await connection.ReceiveAsync();
                counts.Latencies.Add(Stopwatch.GetTimestamp() - begin);
                if (status != Ok) counts.Failures++;
            }
        }

        return counts;
    }

    private sealed class Counts(List<long> latencies, long failures)
    {
        public List<long> Latencies { get; } = latencies;

        public long Failures { get; set; } = failures;
    }
}
