using System.Buffers.Binary;
using System.Text;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>What goes over the RPC port, made by hand so that it can be cut and bent.</summary>
internal static class RpcBytes
{
    public const byte Plain = 0;
    public const byte Tls = 3;
    public const byte Multiplexed = 4;
    public const byte Snapshot = 5;
    public const byte Gossip = 6;

    public const byte Data = 0;
    public const byte WindowUpdate = 1;
    public const ushort Syn = 1;

    public const int FrameHeader = 12;

    private static readonly byte[] s_nothing = [0x80];

    /// <summary>One yamux frame.</summary>
    public static byte[] Frame(byte type, ushort flags, uint stream, ReadOnlySpan<byte> data = default)
    {
        byte[] frame = new byte[FrameHeader + data.Length];
        frame[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), flags);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), stream);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), data.Length);
        data.CopyTo(frame.AsSpan(FrameHeader));
        return frame;
    }

    /// <summary>Header and body of a call; the body is one msgpack value.</summary>
    public static byte[] Call(string method, byte[] body, byte seq = 1) =>
        [0x82, .. Text("Seq"), seq, .. Text("ServiceMethod"), .. Text(method), .. body];

    public static byte[] Ping { get; } = Call("Status.Ping", s_nothing);

    /// <summary>The one right answer to <see cref="Ping"/>.</summary>
    public static byte[] Pong { get; } =
        [0x83, .. Text("Error"), 0xa0, .. Text("Seq"), 1, .. Text("ServiceMethod"), .. Text("Status.Ping"), 0x80];

    /// <summary>The values of all keys below a prefix.</summary>
    public static byte[] List(string prefix) => Call("KVS.List", [0x82, .. Text("Datacenter"), .. Text("dc1"), .. Text("Key"), .. Text(prefix)]);

    /// <summary>The request of a snapshot connection.</summary>
    public static byte[] SnapshotRequest(byte operation) => [0x82, .. Text("Datacenter"), .. Text("dc1"), .. Text("Op"), operation];

    /// <summary>A short text.</summary>
    private static byte[] Text(string text) => [(byte)(0xa0 + text.Length), .. Encoding.ASCII.GetBytes(text)];
}
