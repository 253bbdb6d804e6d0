using System.Diagnostics;

namespace Consul.Fast.Perf.Load;

/// <summary>Many blocking queries on one key: how long one change takes to reach them all, and what that costs the server.</summary>
internal static class WatchRun
{
    /// <summary>After the last query of a round is sent, before the change: the queries have to be asleep.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(500);

    public static async Task<LoadReport> ExecuteAsync(LoadOptions options)
    {
        using var writer = new HttpConnection();
        await writer.ConnectAsync(options.Host, options.Port);
        ulong index = await CurrentIndexAsync(writer);
        long? before = ServerProcess.Memory(options.ProcessIds);
        long? asleep = null;
        HttpConnection[] watchers = await LoadRun.ConnectAsync(options);
        var meter = new Meter(options);
        var recorder = new Recorder();
        for (int round = 0; round < options.Rounds; round++)
        {
            byte[] query = Requests.Get($"/v1/kv/{Requests.Key}?index={index}&wait=60s");
            foreach (HttpConnection watcher in watchers) await watcher.SendAsync(query);
            await Task.Delay(s_settle);
            asleep ??= ServerProcess.Memory(options.ProcessIds);
            long begin = Stopwatch.GetTimestamp();
            await writer.SendAsync(Requests.Put($"/v1/kv/{Requests.Key}?flags={round + 1}", options.ValueBytes));
            await writer.ReceiveAsync();
            ulong reached = index;
            foreach (HttpConnection watcher in watchers)
            {
                (int status, reached) = await watcher.ReceiveAsync();
                recorder.Add(begin, status == 200 && reached > index);
            }

            index = reached;
        }

        LoadReport report = meter.Report(recorder);
        foreach (HttpConnection watcher in watchers) watcher.Dispose();
        return report with { ConnectionBytes = (double?)(asleep - before) / watchers.Length };
    }

    private static async Task<ulong> CurrentIndexAsync(HttpConnection connection)
    {
        await connection.SendAsync(Requests.Get($"/v1/kv/{Requests.Key}"));
        return (await connection.ReceiveAsync()).Index;
    }
}
