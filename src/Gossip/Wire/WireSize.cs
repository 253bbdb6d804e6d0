using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Wire;

/// <summary>Encoded sizes of the membership messages, with type byte; equal to what <see cref="SwimEncoder"/> writes.</summary>
internal static class WireSize
{
    private const int TypeAndHeader = 2;
    private const int MetaField = 1 + 4;
    private const int NodeField = 1 + 4;
    private const int FromField = 1 + 4;
    private const int PortField = 1 + 4;
    private const int AddrField = 1 + 4;
    private const int NackField = 1 + 4 + 1;
    private const int SeqNoField = 1 + 5;
    private const int TargetField = 1 + 6;
    private const int PayloadField = 1 + 7;
    private const int SourceField = 1 + 10;
    private const int IncarnationField = 1 + 11;
    private const int VsnField = 1 + 3;

    public static int Of(in Ping message) =>
        TypeAndHeader + NodeField + OfRaw(message.Node.Length) + SeqNoField + OfUnsigned(message.SeqNo)
        + OfSource(message.Source, message.SourceNode.Length);

    public static int Of(in IndirectPing message) =>
        TypeAndHeader + NackField + NodeField + OfRaw(message.Node.Length) + PortField + OfUnsigned(message.Target.Port)
        + SeqNoField + OfUnsigned(message.SeqNo) + OfSource(message.Source, message.SourceNode.Length)
        + TargetField + OfOptional(message.Target.Length);

    public static int Of(in AckResp message) =>
        TypeAndHeader + PayloadField + OfOptional(message.Payload.Length) + SeqNoField + OfUnsigned(message.SeqNo);

    public static int Of(in NackResp message) => TypeAndHeader + SeqNoField + OfUnsigned(message.SeqNo);

    public static int Of(in Suspect message) => OfAccusation(message.Incarnation, message.Node.Length, message.From.Length);

    public static int Of(in Dead message) => OfAccusation(message.Incarnation, message.Node.Length, message.From.Length);

    public static int Of(in Alive message) =>
        TypeAndHeader + AddrField + OfOptional(message.Addr.Length) + IncarnationField + OfUnsigned(message.Incarnation)
        + MetaField + OfOptional(message.Meta.Length) + NodeField + OfRaw(message.Node.Length)
        + PortField + OfUnsigned(message.Addr.Port) + VsnField + OfOptional(message.Vsn.IsPresent ? VersionVector.Length : 0);

    public static int OfUnsigned(ulong value) => value switch
    {
        < 128 => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        <= uint.MaxValue => 5,
        _ => 9,
    };

    /// <summary>A text or byte string of this many bytes.</summary>
    public static int OfRaw(int length) => length switch
    {
        < 32 => 1 + length,
        <= ushort.MaxValue => 3 + length,
        _ => 5 + length,
    };

    /// <summary>A byte string that is nil when empty.</summary>
    private static int OfOptional(int length) => length == 0 ? 1 : OfRaw(length);

    private static int OfAccusation(uint incarnation, int nodeLength, int fromLength) =>
        TypeAndHeader + FromField + OfRaw(fromLength) + IncarnationField + OfUnsigned(incarnation) + NodeField + OfRaw(nodeLength);

    private static int OfSource(GossipAddress source, int nodeLength) =>
        (source.IsEmpty ? 0 : SourceField + OfRaw(source.Length))
        + (nodeLength == 0 ? 0 : SourceField + OfRaw(nodeLength))
        + (source.Port == 0 ? 0 : SourceField + OfUnsigned(source.Port));
}
