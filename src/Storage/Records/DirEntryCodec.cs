using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Entries of the key-value store, in commands, calls and snapshots. Tombstones use the same form.</summary>
public static class DirEntryCodec
{
    public static void Write(MsgPackWriter writer, DirEntry entry)
    {
        writer.WriteMapHeader(7);
        writer.WriteKey("CreateIndex"u8);
        writer.WriteUInt64(entry.CreateIndex);
        writer.WriteKey("Flags"u8);
        writer.WriteUInt64(entry.Flags);
        writer.WriteKey("Key"u8);
        writer.WriteBytes(entry.Key);
        writer.WriteKey("LockIndex"u8);
        writer.WriteUInt64(entry.LockIndex);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(entry.ModifyIndex);
        writer.WriteKey("Session"u8);
        writer.WriteString(entry.Session);
        writer.WriteKey("Value"u8);
        writer.WriteBytesOrNil(entry.Value);
    }

    public static DirEntry Read(ref MsgPackReader reader)
    {
        DirEntryView view = ReadView(ref reader);
        return new DirEntry
        {
            Key = view.Key.ToArray(),
            Value = view.Value.IsEmpty ? null : view.Value.ToArray(),
            Flags = view.Flags,
            LockIndex = view.LockIndex,
            Session = view.Session,
            CreateIndex = view.CreateIndex,
            ModifyIndex = view.ModifyIndex,
        };
    }

    /// <summary>Reads in place: key and value point into the input.</summary>
    internal static DirEntryView ReadView(scoped ref MsgPackReader reader)
    {
        var view = default(DirEntryView);
        view.Session = "";
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("CreateIndex"u8)) view.CreateIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Flags"u8)) view.Flags = reader.ReadUInt64();
            else if (key.SequenceEqual("Key"u8)) view.Key = reader.ReadKey();
            else if (key.SequenceEqual("LockIndex"u8)) view.LockIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("ModifyIndex"u8)) view.ModifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Session"u8)) view.Session = reader.ReadString();
            else if (key.SequenceEqual("Value"u8)) view.Value = reader.ReadBytesInPlace(out _);
            else reader.Skip();
        }

        return view;
    }
}

/// <summary>A key-value entry whose key and value lie in a buffer of somebody else.</summary>
internal ref struct DirEntryView
{
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> Value;
    public string Session;
    public ulong Flags;
    public ulong LockIndex;
    public ulong CreateIndex;
    public ulong ModifyIndex;

    public static DirEntryView Of(DirEntry entry) => new()
    {
        Key = entry.Key,
        Value = entry.Value,
        Session = entry.Session,
        Flags = entry.Flags,
        LockIndex = entry.LockIndex,
        CreateIndex = entry.CreateIndex,
        ModifyIndex = entry.ModifyIndex,
    };
}
