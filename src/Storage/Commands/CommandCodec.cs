using System.Buffers;

namespace Consul.Fast.Storage.Commands;

/// <summary>Commands in the wire form: the message type byte and one msgpack map.</summary>
public static class CommandCodec
{
    public static void Encode(RegisterRequest request, IBufferWriter<byte> output) => throw new NotImplementedException();

    public static void Encode(DeregisterRequest request, IBufferWriter<byte> output) => throw new NotImplementedException();

    public static void Encode(KvsRequest request, IBufferWriter<byte> output) => throw new NotImplementedException();

    public static void Encode(SessionRequest request, IBufferWriter<byte> output) => throw new NotImplementedException();

    public static void Encode(TombstoneRequest request, IBufferWriter<byte> output) => throw new NotImplementedException();

    public static void Encode(TxnRequest request, IBufferWriter<byte> output) => throw new NotImplementedException();
}
