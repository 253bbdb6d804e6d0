using System.Text;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Net.Rpc;

/// <summary>The full name of a method with the bytes that every header of its calls holds.</summary>
internal sealed class RpcName
{
    public RpcName(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        Text = text;
        Utf8 = Encoding.UTF8.GetBytes(text);
        EncodedField = Encode(Utf8);
    }

    /// <summary><c>Service.Method</c>.</summary>
    public string Text { get; }

    public byte[] Utf8 { get; }

    /// <summary>The last field of a header, key and value: headers are sorted by key and this one comes last.</summary>
    public byte[] EncodedField { get; }

    /// <summary>The name field of a header as it goes over the wire.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> utf8Name)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(32 + utf8Name.Length);
        var writer = new MsgPackWriter(output);
        writer.WriteKey("ServiceMethod"u8);
        writer.WriteBytes(utf8Name);
        return output.WrittenSpan.ToArray();
    }
}
