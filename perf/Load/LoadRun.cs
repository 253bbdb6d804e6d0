using System.Diagnostics;

namespace Consul.Fast.Perf.Load;

/// <summary>Runs one kind of work on all connections over HTTP.</summary>
internal static class LoadRun
{
    private const int Ok = 200;

    public static async Task<LoadReport> ExecuteAsync(LoadOptions options)
    {
        await PrepareAsync(options);
        if (options.Work == Work.Watch) return await WatchRun.ExecuteAsync(options);
        HttpConnection[] connections = await ConnectAsync(options);
        LoadReport report = await Meter.RunAsync(
            options, connections.Length, (number, meter, recorder) => LoopAsync(connections[number], number, options, meter, recorder));
        foreach (HttpConnection connection in connections) connection.Dispose();
        return report;
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

    private static async Task LoopAsync(HttpConnection connection, int number, LoadOptions options, Meter meter, Recorder recorder)
    {
        byte[][] requests = Requests.Of(options, number);
        byte[] pipelined = new byte[options.Pipeline * requests.Max(request => request.Length)];
        for (int next = 0; meter.IsRunning;)
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
                recorder.Add(begin, status == Ok);
            }
        }
    }
}
