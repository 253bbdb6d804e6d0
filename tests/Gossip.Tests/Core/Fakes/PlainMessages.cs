using System.Buffers;
using System.Text;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Tests.Core.Fakes;

/// <summary>Encoded messages, each in an array of its own.</summary>
internal sealed class PlainMessages
{
    private readonly ArrayBufferWriter<byte> _writer = new();

    public byte[] Of(in JoinIntent message) { PlainCodec.Instance.Encode(message, _writer); return Take(); }

    public byte[] Of(in LeaveIntent message) { PlainCodec.Instance.Encode(message, _writer); return Take(); }

    public byte[] Of(in UserEvent message) { PlainCodec.Instance.Encode(message, _writer); return Take(); }

    public byte[] Of(in Query message) { PlainCodec.Instance.Encode(message, _writer); return Take(); }

    public byte[] Of(in QueryResponse message) { PlainCodec.Instance.Encode(message, _writer); return Take(); }

    public byte[] Of(in Relay message) { PlainCodec.Instance.Encode(message, _writer); return Take(); }

    public byte[] Of(in KeyRequest message) { PlainCodec.Instance.Encode(message, _writer); return Take(); }

    public byte[] Of(in KeyResponse message) { PlainCodec.Instance.Encode(message, _writer); return Take(); }

    public byte[] Of(in ConflictResponse message) { PlainCodec.Instance.Encode(message, _writer); return Take(); }

    public byte[] NodeFilter(string[] nodes)
    {
        PlainCodec.Instance.EncodeFilter([.. nodes.Select(n => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(n))], _writer);
        return Take();
    }

    public byte[] TagFilter(string tag, string expression)
    {
        PlainCodec.Instance.EncodeFilter(Encoding.UTF8.GetBytes(tag), Encoding.UTF8.GetBytes(expression), _writer);
        return Take();
    }

    private byte[] Take()
    {
        byte[] bytes = _writer.WrittenSpan.ToArray();
        _writer.ResetWrittenCount();
        return bytes;
    }
}
