using System.Buffers;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Rpc;

public sealed class ReplyCodecTests
{
    [Fact]
    public void Recorded_entry_is_read_with_its_metadata()
    {
        RecordedCall call = RecordedCall.All.Single(static c => c.File == "stale-read.hex");
        var reader = new MsgPackReader(call.Response);
        RpcResult<DirEntry?> reply = IndexedDirEntriesCodec.ReadOne(ref reader);
        Assert.Equal(new QueryMeta(10, 43172695, KnownLeader: true), reply.Meta);
        Assert.Equal("fwd"u8.ToArray(), reply.Value!.Key);
        Assert.Equal("x"u8.ToArray(), reply.Value.Value);
    }

    [Fact]
    public void Recorded_answer_may_be_left_out()
    {
        RecordedCall call = RecordedCall.All.Single(static c => c.File == "catalog-listnodes-notmodified.hex");
        var reader = new MsgPackReader(call.Response);
        RpcResult<IReadOnlyList<Node>> reply = IndexedNodesCodec.Read(ref reader);
        Assert.True(reply.Meta.NotModified);
        Assert.True(Unset.Is(reply.Value));
    }

    [Fact]
    public void Recorded_registration_and_its_instance_agree()
    {
        var reader = new MsgPackReader(RecordedCall.Of("Catalog.Register")[0].Request);
        RegisterRequest registration = RegisterCodec.Read(ref reader);
        reader = new MsgPackReader(RecordedCall.Of("Catalog.ServiceNodes")[0].Response);
        ServiceInstance instance = Assert.Single(IndexedServiceNodesCodec.Read(ref reader).Value);
        Assert.Equal((registration.Node, registration.Address, registration.Id), (instance.Node.Name, instance.Node.Address, instance.Node.Id));
        Assert.Equal((registration.Service!.Service, registration.Service.Port), (instance.Service.Service, instance.Service.Port));
        Assert.Equal(registration.Service.Tags, instance.Service.Tags);
    }

    [Fact]
    public void Lists_of_texts_are_never_nil()
    {
        var output = new ArrayBufferWriter<byte>();
        TextListCodec.Write(new MsgPackWriter(output), RpcResult<IReadOnlyList<string>>.Ok([]));
        Assert.Equal([0x90], output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Services_are_read_in_order_of_their_names()
    {
        var output = new ArrayBufferWriter<byte>();
        var services = RpcResult<IReadOnlyList<ServiceTags>>.Ok([new("web", ["b", "a"]), new("api", [])], new QueryMeta(9, TimeSpan.Zero, true));
        IndexedServicesCodec.Write(new MsgPackWriter(output), services);
        var reader = new MsgPackReader(output.WrittenSpan);
        RpcResult<IReadOnlyList<ServiceTags>> read = IndexedServicesCodec.Read(ref reader);
        Assert.Equal(["api", "web"], read.Value.Select(static s => s.Service));
        Assert.Equal(["b", "a"], read.Value[1].Tags);
        Assert.Equal(services.Meta, read.Meta);
    }

    [Fact]
    public void Found_entry_is_written_without_allocation()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        var reply = RpcResult<DirEntry?>.Ok(new DirEntry { Key = "k"u8.ToArray(), Value = new byte[100] }, new QueryMeta(9, TimeSpan.Zero, true));
        Write(1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Write(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Write(int count)
        {
            for (int i = 0; i < count; i++)
            {
                output.ResetWrittenCount();
                IndexedDirEntriesCodec.WriteOne(new MsgPackWriter(output), reply);
            }
        }
    }
}
