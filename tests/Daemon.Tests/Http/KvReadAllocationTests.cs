using System.Text;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Http;

/// <summary>A read of one key allocates nothing between the server's parsed request and the filled response buffer.</summary>
public sealed class KvReadAllocationTests
{
    private const int Requests = 10_000;

    [Theory]
    [InlineData("/v1/kv/service/leader", 512)]
    [InlineData("/v1/kv/service/leader", 0)]
    [InlineData("/v1/kv/service/leader", 20_000)]
    [InlineData("/v1/kv/service/leader?raw", 512)]
    [InlineData("/v1/kv/service/leader?stale", 512)]
    public void Plain_read_allocates_nothing(string target, int valueLength)
    {
        var value = new byte[valueLength];
        new Random(17).NextBytes(value);
        var entry = new DirEntry
        {
            Key = Encoding.UTF8.GetBytes("service/leader"),
            Value = value,
            Flags = 42,
            LockIndex = 3,
            Session = "adf4238a-882b-9ddc-4a9d-5b6758e4159e",
            CreateIndex = 100,
            ModifyIndex = 123_456,
        };
        var routes = new RouteTable();
        new KvArea(new OneKey(entry)).Map(routes);
        var metrics = new MetricsRegistry(new TelemetryConfig(), "host");
        foreach (Route route in routes.Routes) route.Timings = new RouteTimings(metrics, route.Pattern);
        var application = new HttpApplication(routes, new HttpOptions(), NullLogger.Instance);
        var features = new InMemoryFeatures { Target = target };

        Run(application, features, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(application, features, Requests);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(200, features.StatusCode);
        Assert.Equal("123456", features.ResponseHeaders["X-Consul-Index"]);
        Assert.Equal(features.ResponseHeaders.ContentLength, features.AnswerLength);
        // A collection caused by other tests empties the shared array pool, which then allocates one small array anew; an
        // allocation of our own would be at least an object per request.
        Assert.Equal(0, allocated / Requests);
    }

    [Fact]
    public void Entry_written_directly_equals_the_ordinary_form()
    {
        var random = new Random(4);
        for (int length = 0; length < 70; length++)
        {
            var value = new byte[length];
            random.NextBytes(value);
            var entry = new DirEntry
            {
                Key = Encoding.ASCII.GetBytes(new string('k', length)),
                Value = value,
                Flags = (ulong)random.NextInt64(),
                LockIndex = (ulong)random.Next(12),
                Session = length % 2 == 0 ? "" : "adf4238a-882b-9ddc-4a9d-5b6758e4159e",
                CreateIndex = (ulong)random.Next(),
                ModifyIndex = ulong.MaxValue >> length,
            };
            var exact = new byte[KvEntryJson.Length(entry)];
            KvEntryJson.Write(entry, exact);
            using var stream = new MemoryStream();
            using (var writer = new System.Text.Json.Utf8JsonWriter(stream, JsonLayout.Compact)) KvEntryJson.WriteList(writer, [entry]);
            Assert.Equal(Encoding.UTF8.GetString(stream.ToArray()), Encoding.UTF8.GetString(exact));
        }
    }

    [Theory]
    [InlineData("a\"b")]
    [InlineData("a<b")]
    [InlineData("é")]
    [InlineData("a\tb")]
    public void Key_that_needs_escaping_is_not_written_directly(string key) =>
        Assert.False(KvEntryJson.IsDirect(new DirEntry { Key = Encoding.UTF8.GetBytes(key) }));

    private static void Run(HttpApplication application, InMemoryFeatures features, int count)
    {
        for (int i = 0; i < count; i++)
        {
            features.Reset();
            HttpExchange exchange = application.CreateContext(features);
            Task handled = application.ProcessRequestAsync(exchange);
            if (!handled.IsCompletedSuccessfully) throw new InvalidOperationException("the read did not complete in place");
            application.DisposeContext(exchange, null);
        }
    }

    private sealed class OneKey(DirEntry entry) : IKvs
    {
        public ValueTask<RpcResult<bool>> ApplyAsync(KvsRequest request) => throw new NotSupportedException();

        public ValueTask<RpcResult<DirEntry?>> GetAsync(KeyRequest request) =>
            new(RpcResult<DirEntry?>.Ok(request.Key.Span.SequenceEqual(entry.Key) ? entry : null, new QueryMeta(entry.ModifyIndex, TimeSpan.Zero, true)));

        public ValueTask<RpcResult<IReadOnlyList<DirEntry>>> ListAsync(KeyRequest request) => throw new NotSupportedException();

        public ValueTask<RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>>> ListKeysAsync(KeyListRequest request) =>
            throw new NotSupportedException();
    }
}
