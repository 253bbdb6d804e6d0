using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>
/// The metadata in every read reply. Servers tell neither the consistency level nor a backend other than the first; both
/// are the caller's knowledge.
/// </summary>
internal readonly struct QueryMetaFields(QueryMeta meta) : IFieldGroup
{
    public static int Count => 6;

    public static ReadOnlySpan<byte> KeyOf(int field) => field switch
    {
        0 => "Backend"u8,
        1 => "ConsistencyLevel"u8,
        2 => "Index"u8,
        3 => "KnownLeader"u8,
        4 => "LastContact"u8,
        _ => "NotModified"u8,
    };

    public void WriteValue(MsgPackWriter writer, int field)
    {
        switch (field)
        {
            case 0:
                writer.WriteInt64(0);
                break;
            case 1:
                writer.WriteString("");
                break;
            case 2:
                writer.WriteUInt64(meta.Index);
                break;
            case 3:
                writer.WriteBool(meta.KnownLeader);
                break;
            case 4:
                writer.WriteInt64(meta.LastContactNs);
                break;
            default:
                writer.WriteBool(meta.NotModified);
                break;
        }
    }
}

/// <summary>Collects the same fields while a reply is read.</summary>
internal struct QueryMetaReader
{
    private ulong _index;
    private bool _knownLeader;
    private long _lastContactNs;
    private bool _notModified;

    public readonly QueryMeta Meta => new(_index, _lastContactNs, _knownLeader, _notModified);

    /// <summary>Reads the value of a metadata field.</summary>
    /// <returns>False when the key is none of them; nothing is read then.</returns>
    public bool TryRead(ref MsgPackReader reader, scoped ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual("Index"u8)) _index = reader.ReadUInt64();
        else if (key.SequenceEqual("KnownLeader"u8)) _knownLeader = reader.ReadBool();
        else if (key.SequenceEqual("LastContact"u8)) _lastContactNs = reader.ReadInt64();
        else if (key.SequenceEqual("NotModified"u8)) _notModified = reader.ReadBool();
        else return false;
        return true;
    }
}
