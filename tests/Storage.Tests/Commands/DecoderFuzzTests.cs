using Consul.Fast.Consensus;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using CsCheck;

namespace Consul.Fast.Storage.Tests.Commands;

/// <summary>Whatever bytes come, decoders answer false or a value, and allocate no more than a multiple of the input.</summary>
public sealed class DecoderFuzzTests
{
    /// <summary>Objects, list slots and texts made of one input byte; far below what a believed length could ask for.</summary>
    private const long BytesPerInputByte = 2048;

    private const long FixedBytes = 64 * 1024;

    private static readonly byte[][] Seeds =
    [
        .. RecordedCluster.Log
            .Where(static e => e.Type == EntryType.Command && e.Data.Length is > 1 and < 4096)
            .Select(static e => e.Data[1..].ToArray()),
    ];

    private static readonly Gen<byte[]> Mutated = Gen
        .Select(Gen.Int[0, Seeds.Length - 1], Gen.Select(Gen.Int[0, 4096], Gen.Byte).Array[1, 6], Gen.Int[0, 4096])
        .Select(static (seed, changes, cut) =>
        {
            byte[] bytes = (byte[])Seeds[seed].Clone();
            foreach ((int position, byte value) in changes) bytes[position % bytes.Length] = value;
            return cut % 3 == 0 ? bytes[..(cut % bytes.Length)] : bytes;
        });

    private static readonly byte[] GreedyCodes = [0xdb, 0xdd, 0xdf, 0xc6, 0xda, 0xdc, 0xde, 0xc9];

    /// <summary>Headers that promise up to four billion items or bytes.</summary>
    private static readonly Gen<byte[]> Greedy = Gen
        .Select(Gen.Int[0, GreedyCodes.Length - 1], Gen.Byte.Array[0, 40])
        .Select(static (code, rest) => (byte[])[GreedyCodes[code], 0xff, 0xff, 0xff, .. rest]);

    [Fact]
    public void Mutated_commands_never_throw() => Mutated.Sample(Decode, iter: 4000);

    [Fact]
    public void Random_bytes_never_throw() => Gen.Byte.Array[0, 200].Sample(Decode, iter: 4000);

    [Fact]
    public void Promised_lengths_are_not_believed() => Greedy.Sample(Decode, iter: 2000);

    [Fact]
    public void Deep_nesting_is_refused()
    {
        byte[] nested = [0x81, 0xa6, .. "Config"u8, .. Enumerable.Repeat((byte)0x91, 100_000), 0xc0];
        var reader = new MsgPackReader(nested);
        ServiceProxyCodec.Read(ref reader);
        Assert.True(reader.Failed);
    }

    [Fact]
    public void Mutated_state_streams_fail_with_a_message_only() =>
        Gen.Select(Gen.Int[0, 20000], Gen.Byte, Gen.Int[0, 40000]).Sample(static (position, value, length) =>
        {
            byte[] bytes = (byte[])RecordedCluster.State.Clone();
            bytes[position] = value;
            using var stream = new MemoryStream(bytes, 0, Math.Min(length, bytes.Length));
            try
            {
                SnapshotReader.Read(stream);
            }
            catch (InvalidDataException)
            {
                // What a damaged stream is meant to give.
            }
        }, iter: 300);

    [Fact]
    public void Parsed_chunk_headers_are_possible() => Gen.Byte.Array[0, 30].Sample(
        static bytes => !ChunkInfo.TryParse(bytes, out ChunkInfo info) || info.Sequence < info.Count, iter: 4000);

    private static void Decode(byte[] body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        CommandCodec.TryDecode(body, out RegisterRequest? _);
        CommandCodec.TryDecode(body, out DeregisterRequest? _);
        CommandCodec.TryDecode(body, out KvsRequest? _);
        CommandCodec.TryDecode(body, out SessionRequest? _);
        CommandCodec.TryDecode(body, out TombstoneRequest? _);
        CommandCodec.TryDecode(body, out TxnRequest? _);
        CommandCodec.TryDecode(body, out AutopilotRequest? _);
        KvsCommand.TryDecode(body, out _);
        var reader = new MsgPackReader(body);
        MsgPackCollections.ReadList(ref reader, CoordinateCodec.Read);
        reader = new MsgPackReader(body);
        ChunkCodec.Read(ref reader);
        reader = new MsgPackReader(body);
        FreeMapCodec.Read(ref reader);
        reader = new MsgPackReader(body);
        SystemRequestCodec.ReadFederationState(ref reader);
        reader = new MsgPackReader(body);
        SystemRequestCodec.ReadSystemMetadata(ref reader);
        reader = new MsgPackReader(body);
        SystemRequestCodec.ReadIntention(ref reader);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, FixedBytes + (body.Length * BytesPerInputByte));
    }
}
