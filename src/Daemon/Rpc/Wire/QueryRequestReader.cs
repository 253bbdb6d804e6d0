using Consul.Fast.Daemon.Text;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>
/// Reads what all read requests have in common into an object that may have served before: the object is reset, but a text
/// that comes again keeps its string, so that the calls of one caller allocate nothing.
/// </summary>
internal readonly struct QueryRequestReader
{
    private readonly QueryRequest _target;
    private readonly string _datacenter;
    private readonly string _token;
    private readonly string _filter;

    public QueryRequestReader(QueryRequest target)
    {
        _target = target;
        _datacenter = target.Datacenter;
        _token = target.Token;
        _filter = target.Filter;
        target.Reset();
    }

    /// <summary>Reads the value of a common field.</summary>
    /// <returns>False when the key is none of them; nothing is read then.</returns>
    public bool TryRead(ref MsgPackReader reader, scoped ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual("AllowNotModifiedResponse"u8)) _target.AllowNotModified = reader.ReadBool();
        else if (key.SequenceEqual("AllowStale"u8)) _target.AllowStale = reader.ReadBool();
        else if (key.SequenceEqual("Datacenter"u8)) _target.Datacenter = ReadText(ref reader, _datacenter);
        else if (key.SequenceEqual("Filter"u8)) _target.Filter = ReadText(ref reader, _filter);
        else if (key.SequenceEqual("MaxAge"u8)) _target.MaxAge = GoDuration.ToTimeSpan(reader.ReadInt64());
        else if (key.SequenceEqual("MaxQueryTime"u8)) _target.MaxQueryTime = GoDuration.ToTimeSpan(reader.ReadInt64());
        else if (key.SequenceEqual("MaxStaleDuration"u8)) _target.MaxStale = GoDuration.ToTimeSpan(reader.ReadInt64());
        else if (key.SequenceEqual("MinQueryIndex"u8)) _target.MinQueryIndex = reader.ReadUInt64();
        else if (key.SequenceEqual("MustRevalidate"u8)) _target.MustRevalidate = reader.ReadBool();
        else if (key.SequenceEqual("NodeMetaFilters"u8)) _target.NodeMetaFilters = MsgPackCollections.ReadStringMap(ref reader);
        else if (key.SequenceEqual("RequireConsistent"u8)) _target.RequireConsistent = reader.ReadBool();
        else if (key.SequenceEqual("Source"u8)) _target.Source = QuerySourceCodec.Read(ref reader);
        else if (key.SequenceEqual("StaleIfError"u8)) _target.StaleIfError = GoDuration.ToTimeSpan(reader.ReadInt64());
        else if (key.SequenceEqual("Token"u8)) _target.Token = ReadText(ref reader, _token);
        else if (key.SequenceEqual("UseCache"u8)) _target.UseCache = reader.ReadBool();
        else return false;
        return true;
    }

    /// <summary>A text, as <paramref name="known"/> when it is the same.</summary>
    public static string ReadText(ref MsgPackReader reader, string known)
    {
        ReadOnlySpan<byte> raw = reader.ReadKey();
        if (raw.IsEmpty) return "";
        return System.Text.Ascii.Equals(raw, known) ? known : System.Text.Encoding.UTF8.GetString(raw);
    }
}
