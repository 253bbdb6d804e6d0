using System.Buffers;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Tests.Rpc;

/// <summary>Copies of an encoded object in each of which one value, at any depth, is nil instead.</summary>
internal static class NilTwins
{
    public static IEnumerable<byte[]> Of(byte[] encoded)
    {
        int values = Write(encoded, -1, out _);
        for (int i = 0; i < values; i++)
        {
            Write(encoded, i, out byte[] twin);
            yield return twin;
        }
    }

    /// <returns>How many values below the top there are.</returns>
    private static int Write(byte[] encoded, int nil, out byte[] twin)
    {
        var reader = new MsgPackReader(encoded);
        var output = new ArrayBufferWriter<byte>();
        int number = -1;
        Copy(ref reader, new MsgPackWriter(output), nil, ref number);
        Assert.False(reader.Failed);
        twin = output.WrittenSpan.ToArray();
        return number;
    }

    private static void Copy(ref MsgPackReader reader, MsgPackWriter writer, int nil, ref int number)
    {
        bool isNil = number >= 0 && number == nil;
        number++;
        switch (reader.Peek())
        {
            case MsgPackKind.Map when !isNil:
                int pairs = reader.ReadMapHeader();
                writer.WriteMapHeader(pairs);
                for (int i = 0; i < pairs; i++)
                {
                    writer.WriteKey(reader.ReadKey());
                    Copy(ref reader, writer, nil, ref number);
                }

                break;
            case MsgPackKind.Array when !isNil:
                int items = reader.ReadArrayHeader();
                writer.WriteArrayHeader(items);
                for (int i = 0; i < items; i++) Copy(ref reader, writer, nil, ref number);
                break;
            default:
                ReadOnlySpan<byte> value = reader.ReadEncoded();
                if (isNil) writer.WriteNil();
                else writer.WriteRaw(value);
                break;
        }
    }
}
