using System.Diagnostics;
using System.Net;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Perf.Load;

/// <summary>Calls of a server's RPC port through the pool that agents use, each stream one call after the other.</summary>
internal sealed class RpcRun : IAsyncDisposable
{
    private const string Datacenter = "dc1";
    private const string BulkPrefix = "load/bulk/";
    private const int BulkKeys = 64;
    private const int BulkValueBytes = 128 * 1024;
    private const int PutKeys = 100;

    /// <summary>The server may still be busy with the last connections; and memory it has freed goes back late.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(2);

    /// <summary>The list of the bulk keys, of which only the length is looked at: what is measured is how it comes.</summary>
    private static readonly RpcMethodCall<KeyRequest, long> s_bulk = new(KvsMethods.List.Name, KeyRequestCodec.Write, ReadLength);

    private readonly LoadOptions _options;
    private readonly TimerWheel _timers = new();
    private readonly RpcPool _pool;

    private RpcRun(LoadOptions options)
    {
        _options = options;
        var settings = new RpcPoolSettings { Datacenter = Datacenter, IdleStreamsMax = options.Streams, IdleTime = TimeSpan.Zero };
        _pool = new RpcPool(new RpcDialer(new TcpDialer()), settings, _timers, NullLogger.Instance);
    }

    public static async Task<LoadReport> ExecuteAsync(LoadOptions options)
    {
        await using var run = new RpcRun(options);
        return options.Work switch
        {
            Work.RpcIdle => await run.IdleAsync(),
            Work.RpcBulk => await run.BulkAsync(),
            _ => await run.SmallAsync(),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _timers.Dispose();
    }

    private async Task<LoadReport> SmallAsync()
    {
        await ApplyAsync(Put(Requests.Key, _options.ValueBytes));
        return await RunAsync(_options.Work switch
        {
            Work.RpcPing => (number, meter, recorder) => LoopAsync(number, StatusMethods.Ping.Call, [default], meter, recorder),
            Work.RpcGet => (number, meter, recorder) => LoopAsync(number, KvsMethods.Get.Call, [Key(Requests.Key)], meter, recorder),
            _ => (number, meter, recorder) => LoopAsync(number, KvsMethods.Apply.Call, Puts(number), meter, recorder),
        });
    }

    private async Task<LoadReport> BulkAsync()
    {
        for (int i = 0; i < BulkKeys; i++) await ApplyAsync(Put($"{BulkPrefix}{i}", BulkValueBytes));
        KeyRequest[] list = [Key(BulkPrefix)];
        long bytes = (await _pool.CallAsync(Server(0), s_bulk, list[0])).Value;
        LoadReport report = await RunAsync((number, meter, recorder) => LoopAsync(number, s_bulk, list, meter, recorder));
        return report with { AnswerBytes = bytes };
    }

    private async Task<LoadReport> IdleAsync()
    {
        await PingAsync(-1);
        long? before = ServerProcess.Memory(_options.ProcessIds);
        var meter = new Meter(_options);
        var recorder = new Recorder();
        for (int i = 0; i < _options.Connections; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            recorder.Add(begin, await PingAsync(i));
        }

        LoadReport report = meter.Report(recorder);
        await Task.Delay(s_settle);
        return report with { ConnectionBytes = (double?)(ServerProcess.Memory(_options.ProcessIds) - before) / _options.Connections };
    }

    private Task<LoadReport> RunAsync(Func<int, Meter, Recorder, Task> loop) =>
        Meter.RunAsync(_options, _options.Connections * _options.Streams, loop);

    private async Task LoopAsync<TRequest, TReply>(
        int number, RpcMethodCall<TRequest, TReply> method, TRequest[] requests, Meter meter, Recorder recorder)
    {
        RpcServerAddress server = Server(number % _options.Connections);
        for (int next = 0; meter.IsRunning; next++)
        {
            long begin = Stopwatch.GetTimestamp();
            RpcResponse<TReply> response = await _pool.CallAsync(server, method, requests[next % requests.Length]);
            recorder.Add(begin, response.IsSuccess);
        }
    }

    private async Task<bool> PingAsync(int connection) =>
        (await _pool.CallAsync(Server(connection), StatusMethods.Ping.Call, default)).IsSuccess;

    private async Task ApplyAsync(KvsRequest request)
    {
        RpcResponse<RpcResult<bool>> response = await _pool.CallAsync(Server(0), KvsMethods.Apply.Call, request);
        if (!response.IsSuccess) throw new InvalidOperationException($"The server answered to the first write: {response.Error}");
    }

    /// <summary>The pool keeps one connection per node, so each connection is a node of its own at the same address.</summary>
    private RpcServerAddress Server(int connection) =>
        new(Datacenter, $"server-{connection}", new IPEndPoint(IPAddress.Parse(_options.Host), _options.Port), ProtocolVersion: 2);

    private KvsRequest[] Puts(int number) =>
        [.. Enumerable.Range(0, PutKeys).Select(i => Put($"load/{number}/{i}", _options.ValueBytes))];

    private static KvsRequest Put(string key, int valueBytes) => new()
    {
        Datacenter = Datacenter,
        Op = KvsOp.Set,
        DirEnt = new DirEntry { Key = System.Text.Encoding.UTF8.GetBytes(key), Value = Requests.Value(valueBytes) },
    };

    private static KeyRequest Key(string key) => new() { Datacenter = Datacenter, Key = System.Text.Encoding.UTF8.GetBytes(key) };

    private static long ReadLength(ref MsgPackReader reader)
    {
        reader.Skip();
        return reader.Consumed;
    }
}
