using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Texts of a request that are kept as bytes, without a copy where the request's body outlives the call.</summary>
internal static class BodyBytes
{
    /// <param name="body">What the reader reads, from its first byte; empty when the bytes must be copied.</param>
    public static ReadOnlyMemory<byte> Read(ref MsgPackReader reader, ReadOnlyMemory<byte> body)
    {
        ReadOnlySpan<byte> raw = reader.ReadKey();
        if (raw.IsEmpty) return default;
        return body.IsEmpty ? raw.ToArray() : body.Slice(reader.Consumed - raw.Length, raw.Length);
    }
}
