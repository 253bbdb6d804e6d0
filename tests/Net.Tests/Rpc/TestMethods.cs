using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Tests.Transport;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>Methods that many tests serve and call.</summary>
internal static class TestMethods
{
    public static readonly RpcMethodCall<RpcNothing, RpcNothing> PingCall =
        new("Status.Ping", RpcCodecs.WriteNothing, RpcCodecs.ReadNothing);

    public static readonly RpcMethodCall<byte[], byte[]> EchoCall = new("Test.Echo", WriteBytes, ReadBytes);

    public static readonly RpcMethodCall<byte[], byte[]> InlineEchoCall = new("Test.InlineEcho", WriteBytes, ReadBytes);

    public static readonly RpcMethodCall<byte[], byte[]> FailCall = new("Test.Fail", WriteBytes, ReadBytes);

    public static RpcMethod Ping(string name, RpcScheduling scheduling) => new RpcMethod<RpcNothing, RpcNothing>(
        name, scheduling, RpcCodecs.ReadNothing, static (_, _) => new(RpcResult<RpcNothing>.Ok(default)), RpcCodecs.WriteNothing);

    public static RpcMethod Bytes(string name, RpcScheduling scheduling, RpcHandler<byte[], byte[]> handle) =>
        new RpcMethod<byte[], byte[]>(name, scheduling, ReadBytes, handle, WriteBytes);

    /// <summary>Ping, two echoes and <c>Test.Fail</c>, which answers with its argument as the error text.</summary>
    public static RpcRegistry Registry(params RpcMethod[] more)
    {
        RpcRegistry registry = new RpcRegistry()
            .Add(Ping("Status.Ping", RpcScheduling.Inline))
            .Add(Bytes("Test.Echo", RpcScheduling.ThreadPool, static (request, _) => new(request)))
            .Add(Bytes("Test.InlineEcho", RpcScheduling.Inline, static (request, _) => new(request)))
            .Add(Bytes("Test.Fail", RpcScheduling.Inline, static (request, _) =>
                new(RpcResult<byte[]>.Fail(Encoding.UTF8.GetString(request)))));
        foreach (RpcMethod method in more) registry.Add(method);
        return registry;
    }

    public static byte[] ReadBytes(ref MsgPackReader reader) => reader.ReadBytes() ?? [];

    public static void WriteBytes(MsgPackWriter writer, byte[] value) => writer.WriteBytes(value);

    public static void WriteBytes(MsgPackWriter writer, RpcResult<byte[]> answer) => writer.WriteBytes(answer.Value);

    /// <summary>Header and body of a request.</summary>
    public static byte[] Request(ulong seq, string name, params ReadOnlySpan<byte> body)
    {
        var output = new ArrayBufferWriter<byte>();
        RpcHeaders.WriteRequest(output, seq, new RpcName(name));
        output.Write(body);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Header and body of a response without an error.</summary>
    public static byte[] Success(ulong seq, string name, params ReadOnlySpan<byte> body)
    {
        var output = new ArrayBufferWriter<byte>();
        RpcHeaders.WriteSuccess(output, seq, new RpcName(name).EncodedField);
        output.Write(body);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Failure(ulong seq, string name, string error)
    {
        var output = new ArrayBufferWriter<byte>();
        RpcHeaders.WriteFailure(output, seq, new RpcName(name).EncodedField, error);
        return output.WrittenSpan.ToArray();
    }
}

/// <summary>Keeps what is counted.</summary>
internal sealed class CountingMetrics : IMetrics
{
    private readonly ConcurrentDictionary<string, StrongBox<int>> _counters = new();

    public int this[string name] => _counters.TryGetValue(name, out StrongBox<int>? counter) ? Volatile.Read(ref counter.Value) : 0;

    public void IncrCounter(string name, double value = 1) =>
        Interlocked.Add(ref _counters.GetOrAdd(name, static _ => new StrongBox<int>()).Value, (int)value);

    public void AddSample(string name, double value)
    {
    }

    public void SetGauge(string name, double value)
    {
    }

    public IMetricSeries Series(MetricKind kind, string name, params MetricLabel[] labels) => NoMetrics.Instance;
}

/// <summary>Keeps the lines of the log.</summary>
internal sealed class ListLogger : ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, int Id, string Text)> _lines = new();

    public IEnumerable<(LogLevel Level, int Id, string Text)> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, eventId.Id, formatter(state, exception)));
}

/// <summary>A clock that stands until it is moved; timers of the system still run.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}

/// <summary>Awaits with a deadline.</summary>
internal static class Timely
{
    public static Task<T> InTimeAsync<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Eventually.Limit);

    public static Task<T> InTimeAsync<T>(this Task<T> task) => task.WaitAsync(Eventually.Limit);

    public static Task InTimeAsync(this Task task) => task.WaitAsync(Eventually.Limit);
}

/// <summary>A server for one test.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    public static readonly System.Net.IPEndPoint Remote = new(System.Net.IPAddress.Loopback, 4242);

    private readonly TimerWheel _timers = new();

    public ServerUnderTest(RpcServerSettings? settings = null, params RpcMethod[] more)
    {
        Server = new RpcServer(TestMethods.Registry(more), settings ?? new RpcServerSettings(), _timers, Logger, Metrics, Blocks);
    }

    public PinnedBlockPool Blocks { get; } = new();

    public ListLogger Logger { get; } = new();

    public CountingMetrics Metrics { get; } = new();

    public RpcServer Server { get; }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _timers.Dispose();
    }
}
