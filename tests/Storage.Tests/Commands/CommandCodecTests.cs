using System.Buffers;
using Consul.Fast.Consensus;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Storage.Tests.Commands;

public sealed class CommandCodecTests
{
    public static TheoryData<ulong> BuiltEntries() =>
    [
        .. RecordedCluster.Log
            .Where(static e => e is { Type: EntryType.Command, Extensions.Length: 0 } && IsBuilt(e))
            .Select(static e => e.Index),
    ];

    [Theory]
    [MemberData(nameof(BuiltEntries))]
    public void Recorded_command_survives_decoding_and_encoding(ulong index)
    {
        ReadOnlyMemory<byte> data = RecordedCluster.Log.Single(e => e.Index == index).Data;
        byte[] again = Recode((CommandType)data.Span[0], data.Span[1..]);
        Assert.Equal(MsgPackText.Of(data.Span[1..]), MsgPackText.Of(again.AsSpan(1)));
        Assert.Equal(data.Length, again.Length);
        // Only free-form maps may come out in another order.
        if (!HasMaps(index)) Assert.Equal(data.ToArray(), again);
    }

    [Fact]
    public void Null_and_empty_stay_apart()
    {
        var request = new RegisterRequest { NodeMeta = Storage.Records.SortedMap<string>.Empty, Checks = [] };
        byte[] encoded = Encode(w => CommandCodec.Encode(request, w));
        Assert.True(CommandCodec.TryDecode(encoded.AsSpan(1), out RegisterRequest? decoded));
        Assert.NotNull(decoded.NodeMeta);
        Assert.Null(decoded.TaggedAddresses);
        Assert.Empty(Assert.IsAssignableFrom<IReadOnlyList<Storage.Records.HealthCheck>>(decoded.Checks));
        Assert.Equal(encoded, Encode(w => CommandCodec.Encode(decoded, w)));
    }

    [Fact]
    public void Missing_and_unknown_fields_are_accepted()
    {
        byte[] body = Encode(static output =>
        {
            var writer = new MsgPackWriter(output);
            writer.WriteMapHeader(2);
            writer.WriteKey("Op"u8);
            writer.WriteString("delete");
            writer.WriteKey("Novelty"u8);
            writer.WriteArrayHeader(1);
            writer.WriteUInt64(7);
        });
        Assert.True(CommandCodec.TryDecode(body, out KvsRequest? request));
        Assert.Equal("delete", request.Op);
        Assert.Empty(request.DirEnt.Key);
    }

    internal static byte[] Encode(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    private static bool IsBuilt(LogEntry entry) => (CommandType)entry.Data.Span[0]
        is CommandType.Register or CommandType.Deregister or CommandType.Kvs
        or CommandType.Session or CommandType.Txn or CommandType.Tombstone or CommandType.Autopilot;

    /// <summary>Registrations of the servers themselves and of the proxy carry maps with several pairs.</summary>
    private static bool HasMaps(ulong index) => index is 7 or 8 or 16 or 17 or 18 or 20 or 25;

    private static byte[] Recode(CommandType type, ReadOnlySpan<byte> body)
    {
        var output = new ArrayBufferWriter<byte>();
        bool decoded = false;
        switch (type)
        {
            case CommandType.Register when CommandCodec.TryDecode(body, out RegisterRequest? request):
                CommandCodec.Encode(request, output);
                decoded = true;
                break;
            case CommandType.Deregister when CommandCodec.TryDecode(body, out DeregisterRequest? request):
                CommandCodec.Encode(request, output);
                decoded = true;
                break;
            case CommandType.Kvs when CommandCodec.TryDecode(body, out KvsRequest? request):
                CommandCodec.Encode(request, output);
                decoded = true;
                break;
            case CommandType.Session when CommandCodec.TryDecode(body, out SessionRequest? request):
                CommandCodec.Encode(request, output);
                decoded = true;
                break;
            case CommandType.Autopilot when CommandCodec.TryDecode(body, out AutopilotRequest? request):
                CommandCodec.Encode(request, output);
                decoded = true;
                break;
            case CommandType.Txn when CommandCodec.TryDecode(body, out TxnRequest? request):
                CommandCodec.Encode(request, output);
                decoded = true;
                break;
        }

        Assert.True(decoded);
        return output.WrittenSpan.ToArray();
    }
}
