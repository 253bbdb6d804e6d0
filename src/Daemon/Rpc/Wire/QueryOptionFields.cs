using Consul.Fast.Daemon.Text;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>The options in every read request.</summary>
internal readonly struct QueryOptionFields(QueryRequest request) : IFieldGroup
{
    public static int Count => 12;

    public static ReadOnlySpan<byte> KeyOf(int field) => field switch
    {
        0 => "AllowNotModifiedResponse"u8,
        1 => "AllowStale"u8,
        2 => "Filter"u8,
        3 => "MaxAge"u8,
        4 => "MaxQueryTime"u8,
        5 => "MaxStaleDuration"u8,
        6 => "MinQueryIndex"u8,
        7 => "MustRevalidate"u8,
        8 => "RequireConsistent"u8,
        9 => "StaleIfError"u8,
        10 => "Token"u8,
        _ => "UseCache"u8,
    };

    public void WriteValue(MsgPackWriter writer, int field)
    {
        switch (field)
        {
            case 0:
                writer.WriteBool(request.AllowNotModified);
                break;
            case 1:
                writer.WriteBool(request.AllowStale);
                break;
            case 2:
                writer.WriteString(request.Filter);
                break;
            case 3:
                writer.WriteInt64(GoDuration.ToNanoseconds(request.MaxAge));
                break;
            case 4:
                writer.WriteInt64(GoDuration.ToNanoseconds(request.MaxQueryTime));
                break;
            case 5:
                writer.WriteInt64(GoDuration.ToNanoseconds(request.MaxStale));
                break;
            case 6:
                writer.WriteUInt64(request.MinQueryIndex);
                break;
            case 7:
                writer.WriteBool(request.MustRevalidate);
                break;
            case 8:
                writer.WriteBool(request.RequireConsistent);
                break;
            case 9:
                writer.WriteInt64(GoDuration.ToNanoseconds(request.StaleIfError));
                break;
            case 10:
                writer.WriteString(request.Token);
                break;
            default:
                writer.WriteBool(request.UseCache);
                break;
        }
    }
}
