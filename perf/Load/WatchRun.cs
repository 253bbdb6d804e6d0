using System.Diagnostics;

namespace Consul.Fast.Perf.Load;

/// <summary>Many blocking queries on one key: how long one change takes to reach them all, and what that costs the server.</summary>
internal static class WatchRun
{
    /// <summary>After the last query of a round is sent, before the change: the queries have to be asleep.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(200);

    public static async Task<LoadReport> ExecuteAsync(LoadOptions options)
    {
        HttpConnection[] watchers = await LoadRun.ConnectAsync(options);
        using var writer = new HttpConnection();
        await writer.ConnectAsync(options.Host, options.Port);
        var latencies = new List<long>();
        long failures = 0;
        ulong index = await CurrentIndexAsync(writer);
        var watch = Stopwatch.StartNew();
        TimeSpan? cpu = ServerCpu.Read(options.ProcessIds);
        for (int round = 0; round < options.Rounds; round++)
        {
            byte[] query = Requests.Get($"/v1/kv/{Requests.Key}?index={index}&wait=60s");
            foreach (HttpConnection watcher in watchers) await watcher.SendAsync(query);
            await Task.Delay(s_settle);
            long begin = Stopwatch.GetTimestamp();
            await writer.SendAsync(Requests.Put($"/v1/kv/{Requests.Key}?flags={round + 1}", options.ValueBytes));
            await writer.ReceiveAsync();
            ulong reached = index;
            foreach (HttpConnection watcher in watchers)
            {
                (int status, reached) = await watcher.ReceiveAsync();
                latencies.Add(Stopwatch.GetTimestamp() - begin);
                if (status != 200 || reached <= index) failures++;
            }

            index = reached;
        }

        TimeSpan? used = ServerCpu.Read(options.ProcessIds) - cpu;
        foreach (HttpConnection watcher in watchers) watcher.Dispose();
        return new LoadReport(options.Work, latencies.Count, failures, watch.Elapsed, [.. latencies.Order()], used);
    }

    private static async Task<ulong> CurrentIndexAsync(HttpConnection connection)
    {
        await connection.SendAsync(Requests.Get($"/v1/kv/{Requests.Key}"));
        return (await connection.ReceiveAsync()).Index;
    }
}
