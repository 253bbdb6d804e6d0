using System.Globalization;
using System.Text;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>Writes decoded messages as the outlines of the vectors show them.</summary>
internal static class Show
{
    public static string Of(in Ping m) => $"ping(0) {{Node: {Text(m.Node)}, SeqNo: {m.SeqNo}{Source(m.Source, m.SourceNode)}}}";

    public static string Of(in IndirectPing m) =>
        $"indirectPing(1) {{Nack: {m.Nack}, Node: {Text(m.Node)}, Port: {m.Target.Port}, SeqNo: {m.SeqNo}"
        + $"{Source(m.Source, m.SourceNode)}, Target: {Ip(m.Target)}}}";

    public static string Of(in AckResp m) =>
        $"ackResp(2) {{Payload: {(m.Payload.IsEmpty ? "None" : "(see next line)")}, SeqNo: {m.SeqNo}}}";

    public static string Of(in Coordinate c) =>
        $"coord v1 {{Adjustment: {Float(c.Adjustment)}, Error: {Float(c.Error)}, Height: {Float(c.Height)}, Vec: [{Vector(c)}]}}";

    public static string Of(in NackResp m) => $"nackResp(11) {{SeqNo: {m.SeqNo}}}";

    public static string Of(in ErrResp m) => $"err(13) {{Error: {Text(m.Error)}}}";

    public static string Of(in Suspect m) => $"suspect(3) {{From: {Text(m.From)}, Incarnation: {m.Incarnation}, Node: {Text(m.Node)}}}";

    public static string Of(in Dead m) => $"dead(5) {{From: {Text(m.From)}, Incarnation: {m.Incarnation}, Node: {Text(m.Node)}}}";

    public static string Of(in Alive m) =>
        $"alive(4) {{Addr: {Ip(m.Addr)}, Incarnation: {m.Incarnation}, Meta: {Tags(m.Meta)}, Node: {Text(m.Node)}, "
        + $"Port: {m.Addr.Port}, Vsn: {Versions(m.Vsn)}}}";

    public static string Of(in PushNodeState m) =>
        $"node {{Addr: {Ip(m.Addr)}, Incarnation: {m.Incarnation}, Meta: {Tags(m.Meta)}, Name: {Text(m.Name)}, "
        + $"Port: {m.Addr.Port}, State: {(int)m.State}, Vsn: {Versions(m.Vsn)}}}";

    public static string Of(in LeaveIntent m) => $"serf leave(0) {{LTime: {m.LTime}, Node: {Text(m.Node)}, Prune: {m.Prune}}}";

    public static string Of(in JoinIntent m) => $"serf join(1) {{LTime: {m.LTime}, Node: {Text(m.Node)}}}";

    public static string Of(in UserEvent m) =>
        $"serf userEvent(3) {{CC: {m.CC}, LTime: {m.LTime}, Name: {Text(m.Name)}, Payload: {Text(m.Payload)}}}";

    public static string Of(in SerfPushPull m) =>
        $"serf pushPull(2) {{EventLTime: {m.EventLTime}, Events: [{List(m.Events, Slot)}], LTime: {m.LTime}, "
        + $"LeftMembers: [{List(m.LeftMembers, Text)}], QueryLTime: {m.QueryLTime}, "
        + $"StatusLTimes: {{{List(m.StatusLTimes, status => $"{Plain(status.Node)}: {status.LTime}")}}}}}";

    public static string Of(in Query m) =>
        $"serf query(4) {{Addr: {Ip(m.Addr)}, Filters: {(m.Filters.IsEmpty ? "None" : $"[{List(m.Filters, Hex)}]")}, "
        + $"Flags: {(uint)m.Flags}, ID: {m.Id}, LTime: {m.LTime}, Name: {Text(m.Name)}, Payload: {Optional(m.Payload)}, "
        + $"Port: {m.Addr.Port}, RelayFactor: {m.RelayFactor}, SourceNode: {Text(m.SourceNode)}, Timeout: {m.Timeout.Ticks * 100}}}";

    public static string Of(in QueryResponse m) =>
        $"serf queryResponse(5) {{Flags: {(uint)m.Flags}, From: {Text(m.From)}, ID: {m.Id}, LTime: {m.LTime}, Payload: {Optional(m.Payload)}}}";

    public static string Of(in Relay m) =>
        $"serf relay(9) {{DestAddr: {{IP: {Ip(m.DestAddr)}, Port: {m.DestAddr.Port}, Zone: ''}}, DestName: {Text(m.DestName)}}}";

    public static string Of(in KeyRequest m) => $"serf keyRequest(7) {{Key: {Text(m.Key)}}}";

    public static string Of(in KeyResponse m) =>
        $"serf keyResponse(8) {{Keys: {(m.Keys.IsEmpty ? "None" : $"[{List(m.Keys, Text)}]")}, Message: {Text(m.Message)}, "
        + $"PrimaryKey: {Text(m.PrimaryKey)}, Result: {m.Result}}}";

    public static string Of(in ConflictResponse m) =>
        $"serf conflictResponse(6) {{Addr: {Ip(m.Addr)}, DelegateCur: {m.Vsn.DCur}, DelegateMax: {m.Vsn.DMax}, "
        + $"DelegateMin: {m.Vsn.DMin}, Name: {Text(m.Name)}, Port: {m.Addr.Port}, ProtocolCur: {m.Vsn.PCur}, "
        + $"ProtocolMax: {m.Vsn.PMax}, ProtocolMin: {m.Vsn.PMin}, Status: {m.Status}, Tags: {Tags(m.Meta)[4..]}}}";

    private static string Slot(BufferedEvents slot) =>
        $"{{Events: [{List(slot.Events, one => $"{{Name: {Text(one.Name)}, Payload: {Text(one.Payload)}}}")}], LTime: {slot.LTime}}}";

    private static string Source(GossipAddress source, ReadOnlyMemory<byte> node) =>
        (source.IsEmpty ? "" : $", SourceAddr: {Ip(source)}")
        + (node.IsEmpty ? "" : $", SourceNode: {Text(node)}")
        + (source.Port == 0 ? "" : $", SourcePort: {source.Port}");

    private static string Ip(GossipAddress address) => address.Length == 4 ? $"ip:{address.ToString().Split(':')[0]}" : $"ip:{address}";

    private static string Versions(VersionVector vector)
    {
        Span<byte> bytes = stackalloc byte[VersionVector.Length];
        vector.CopyTo(bytes);
        return $"hex:{Convert.ToHexStringLower(bytes)}";
    }

    private static string Tags(ReadOnlyMemory<byte> meta)
    {
        List<string> tags = [];
        TagReader reader = new(meta);
        while (reader.TryNext(out ReadOnlyMemory<byte> name, out ReadOnlyMemory<byte> value)) tags.Add($"{Plain(name)}: {Text(value)}");
        Assert.False(reader.IsMalformed);
        return $"TAGS{{{string.Join(", ", tags)}}}";
    }

    private static string Vector(in Coordinate coordinate)
    {
        List<string> components = [];
        foreach (double component in coordinate.Vec) components.Add(Float(component));
        return string.Join(", ", components);
    }

    private static string Float(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        return text.AsSpan().ContainsAny(".e") ? text : text + ".0";
    }

    private static string List<T>(ReadOnlyMemory<T> items, Func<T, string> one) => string.Join(", ", items.ToArray().Select(one));

    private static string Optional(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? "None" : Text(bytes);

    private static string Hex(ReadOnlyMemory<byte> bytes) => $"hex:{Convert.ToHexStringLower(bytes.Span)}";

    private static string Plain(ReadOnlyMemory<byte> bytes) => Encoding.ASCII.GetString(bytes.Span);

    private static string Text(ReadOnlyMemory<byte> bytes) => bytes.Span.ContainsAnyExceptInRange((byte)' ', (byte)'~')
        ? Hex(bytes)
        : $"'{Plain(bytes).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
