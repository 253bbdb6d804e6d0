using System.Buffers;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Tests.Rpc;

public sealed class RequestCodecTests
{
    private static readonly byte[] Get = Bytes(KeyRequestCodec.Write, new KeyRequest
    {
        Datacenter = "dc1",
        Token = "8f246b77-f3e1-ff88-5b48-8ec93abf3e05",
        Key = "some/key"u8.ToArray(),
        MinQueryIndex = 700,
        MaxQueryTime = TimeSpan.FromSeconds(10),
        AllowStale = true,
        MaxStale = TimeSpan.FromMilliseconds(1),
    });

    private static readonly byte[] List = Bytes(DcSpecificRequestCodec.Write, new DcSpecificRequest { Datacenter = "dc1", Token = "t" });

    private delegate void Writing<in T>(MsgPackWriter writer, T value);

    [Fact]
    public void Every_option_arrives()
    {
        var request = new ServiceSpecificRequest
        {
            Datacenter = "dc2",
            Token = "t",
            MinQueryIndex = ulong.MaxValue,
            MaxQueryTime = TimeSpan.FromMilliseconds(1.5),
            RequireConsistent = true,
            MaxStale = TimeSpan.FromSeconds(2),
            AllowNotModified = true,
            Filter = "ServicePort == 80",
            NodeMetaFilters = [new("a", "1"), new("b", "2")],
            Source = new QuerySource("dc2", "", "n1", "10.0.0.1"),
            UseCache = true,
            MaxAge = TimeSpan.FromSeconds(3),
            MustRevalidate = true,
            StaleIfError = TimeSpan.FromSeconds(4),
            ServiceName = "web",
            ServiceTags = ["x", "y"],
            TagFilter = true,
            ServiceKind = "connect-proxy",
        };
        var reader = new MsgPackReader(Bytes(ServiceSpecificRequestCodec.Write, request));
        ServiceSpecificRequest read = ServiceSpecificRequestCodec.Read(ref reader);
        Assert.False(reader.Failed);
        Assert.True(reader.AtEnd);
        Assert.Equivalent(request, read, strict: true);
    }

    [Fact]
    public void Key_lies_in_the_body()
    {
        var request = new KeyRequest();
        Assert.True(KeyRequestCodec.TryReadInto(Get, request));
        Assert.True(request.Key.Span.SequenceEqual("some/key"u8));
        Assert.True(request.Key.Span.Overlaps(Get));
        Assert.Equal(("dc1", 700UL, true), (request.Datacenter, request.MinQueryIndex, request.AllowStale));
    }

    [Fact]
    public void Object_that_served_before_takes_nothing_over()
    {
        var request = new KeyRequest();
        Assert.True(KeyRequestCodec.TryReadInto(Get, request));
        string token = request.Token;
        Assert.True(KeyRequestCodec.TryReadInto(Get, request));
        Assert.Same(token, request.Token);
        Assert.True(KeyRequestCodec.TryReadInto(new byte[] { 0x80 }, request));
        Assert.Equivalent(new KeyRequest(), request, strict: true);
    }

    [Fact]
    public void Repeated_small_requests_allocate_nothing()
    {
        var get = new KeyRequest();
        var list = new DcSpecificRequest();
        Read(1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Read(int count)
        {
            for (int i = 0; i < count; i++)
            {
                KeyRequestCodec.TryReadInto(Get, get);
                var reader = new MsgPackReader(List);
                DcSpecificRequestCodec.ReadInto(ref reader, list);
            }
        }
    }

    [Fact]
    public void Unknown_fields_are_skipped_and_order_is_free()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MsgPackWriter(output);
        writer.WriteMapHeader(4);
        writer.WriteKey("Token"u8);
        writer.WriteString("t");
        writer.WriteKey("Partition"u8);
        writer.WriteMapHeader(1);
        writer.WriteKey("Name"u8);
        writer.WriteArrayHeader(1);
        writer.WriteNil();
        writer.WriteKey("Node"u8);
        writer.WriteString("n1");
        writer.WriteKey("Datacenter"u8);
        writer.WriteString("dc1");
        var reader = new MsgPackReader(output.WrittenSpan);
        NodeSpecificRequest request = NodeSpecificRequestCodec.Read(ref reader);
        Assert.False(reader.Failed);
        Assert.Equal(("t", "n1", "dc1"), (request.Token, request.Node, request.Datacenter));
    }

    [Fact]
    public void Session_id_may_stand_under_its_old_key()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MsgPackWriter(output);
        writer.WriteMapHeader(2);
        writer.WriteKey("SessionID"u8);
        writer.WriteString("");
        writer.WriteKey("Session"u8);
        writer.WriteString("old");
        var reader = new MsgPackReader(output.WrittenSpan);
        Assert.Equal("old", SessionSpecificRequestCodec.Read(ref reader).SessionId);
    }

    [Fact]
    public void Tags_count_with_the_filter_only_and_the_single_one_first()
    {
        Assert.Null(new ServiceSpecificRequest { ServiceTags = ["a"] }.RequiredTags);
        Assert.Equal(["a"], new ServiceSpecificRequest { ServiceTags = ["a"], TagFilter = true }.RequiredTags!);
        Assert.Equal(["b"], new ServiceSpecificRequest { ServiceTags = ["a"], ServiceTag = "b", TagFilter = true }.RequiredTags!);
        Assert.Empty(new ServiceSpecificRequest { TagFilter = true }.RequiredTags!);
    }

    private static byte[] Bytes<T>(Writing<T> write, T value)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new MsgPackWriter(output), value);
        return output.WrittenSpan.ToArray();
    }
}
