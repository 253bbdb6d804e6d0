using System.Buffers;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Tests;

/// <summary>Commands written by hand.</summary>
internal static class CommandBytes
{
    public delegate void BodyWriter(MsgPackWriter writer);

    public static byte[] Of(byte type, BodyWriter write)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write([type]);
        write(new MsgPackWriter(output));
        return output.WrittenSpan.ToArray();
    }
}
