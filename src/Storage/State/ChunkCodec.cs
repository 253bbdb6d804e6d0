using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.State;

/// <summary>The snapshot record of unfinished chunked commands: lists of pieces, with nil for those that have not come.</summary>
internal static class ChunkCodec
{
    public static void Write(MsgPackWriter writer, IReadOnlyList<KeyValuePair<ulong, ChunkedOperation>> operations)
    {
        writer.WriteMapHeader(1);
        writer.WriteKey("ChunkMap"u8);
        writer.WriteMapHeader(operations.Count);
        foreach ((ulong number, ChunkedOperation operation) in operations)
        {
            writer.WriteUInt64(number);
            writer.WriteArrayHeader((int)operation.Count);
            for (uint sequence = 0; sequence < operation.Count; sequence++)
            {
                if (operation.Chunks.TryGetValue(sequence, out StoredChunk chunk))
                    WriteChunk(writer, number, operation.Count, sequence, chunk);
                else writer.WriteNil();
            }
        }
    }

    public static List<KeyValuePair<ulong, ChunkedOperation>> Read(ref MsgPackReader reader)
    {
        var operations = new List<KeyValuePair<ulong, ChunkedOperation>>();
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            if (reader.ReadKey().SequenceEqual("ChunkMap"u8)) ReadOperations(ref reader, operations);
            else reader.Skip();
        }

        return operations;
    }

    private static void ReadOperations(ref MsgPackReader reader, List<KeyValuePair<ulong, ChunkedOperation>> operations)
    {
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ulong number = reader.ReadUInt64();
            StoredChunk?[] chunks = MsgPackCollections.ReadList(ref reader, ReadChunk) ?? [];
            if (chunks.Length is 0 or > (int)ChunkAssembler.MaxChunks)
            {
                reader.Fail();
                return;
            }

            var operation = new ChunkedOperation((uint)chunks.Length);
            for (uint sequence = 0; sequence < chunks.Length; sequence++)
            {
                if (chunks[sequence] is { } chunk) operation.Set(sequence, chunk);
            }

            operations.Add(KeyValuePair.Create(number, operation));
        }
    }

    private static void WriteChunk(MsgPackWriter writer, ulong number, uint total, uint sequence, in StoredChunk chunk)
    {
        writer.WriteMapHeader(5);
        writer.WriteKey("Data"u8);
        writer.WriteBytes(chunk.Data.Span);
        writer.WriteKey("NumChunks"u8);
        writer.WriteUInt64(total);
        writer.WriteKey("OpNum"u8);
        writer.WriteUInt64(number);
        writer.WriteKey("SequenceNum"u8);
        writer.WriteUInt64(sequence);
        writer.WriteKey("Term"u8);
        writer.WriteUInt64(chunk.Term);
    }

    private static StoredChunk? ReadChunk(ref MsgPackReader reader)
    {
        int count = reader.ReadMapHeader();
        if (count < 0) return null;
        byte[] data = [];
        ulong term = 0;
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Data"u8)) data = reader.ReadBytes() ?? [];
            else if (key.SequenceEqual("Term"u8)) term = reader.ReadUInt64();
            else reader.Skip();
        }

        return new StoredChunk(term, data);
    }
}
