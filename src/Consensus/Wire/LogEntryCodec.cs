using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Consensus.Wire;

/// <summary>The form of a log entry in AppendEntries.</summary>
internal static class LogEntryCodec
{
    public static void Write(MsgPackWriter writer, LogEntry entry)
    {
        writer.WriteMapHeader(6);
        writer.WriteKey("AppendedAt"u8);
        writer.WriteTime(entry.AppendedAt);
        writer.WriteKey("Data"u8);
        WriteBytes(writer, entry.Data.Span);
        writer.WriteKey("Extensions"u8);
        WriteBytes(writer, entry.Extensions.Span);
        writer.WriteKey("Index"u8);
        writer.WriteUInt64(entry.Index);
        writer.WriteKey("Term"u8);
        writer.WriteUInt64(entry.Term);
        writer.WriteKey("Type"u8);
        writer.WriteUInt64((byte)entry.Type);
    }

    /// <summary>Reads an entry into memory of its own. A fault shows in the reader.</summary>
    public static LogEntry Read(ref MsgPackReader reader)
    {
        DateTime appendedAt = default;
        byte[]? data = null;
        byte[]? extensions = null;
        ulong index = 0;
        ulong term = 0;
        ulong type = 0;
        for (int fields = reader.ReadMapHeader(); fields > 0 && !reader.Failed; fields--)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("AppendedAt"u8)) appendedAt = reader.ReadTime();
            else if (key.SequenceEqual("Data"u8)) data = reader.ReadBytes();
            else if (key.SequenceEqual("Extensions"u8)) extensions = reader.ReadBytes();
            else if (key.SequenceEqual("Index"u8)) index = reader.ReadUInt64();
            else if (key.SequenceEqual("Term"u8)) term = reader.ReadUInt64();
            else if (key.SequenceEqual("Type"u8)) type = reader.ReadUInt64();
            else reader.Skip();
        }

        if (type > byte.MaxValue) reader.Fail();
        return new LogEntry(index, term, (EntryType)type, data, extensions, appendedAt);
    }

    /// <summary>A payload that is not there and one without bytes mean the same; peers write the first.</summary>
    private static void WriteBytes(MsgPackWriter writer, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) writer.WriteNil();
        else writer.WriteBytes(bytes);
    }
}
