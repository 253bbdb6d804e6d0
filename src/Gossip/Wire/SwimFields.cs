namespace Consul.Fast.Gossip.Wire;

/// <summary>Structures of the membership protocol.</summary>
internal static class SwimFields
{
    public static readonly FieldTable Ping = new("SeqNo", "Node", "SourceAddr", "SourcePort", "SourceNode");

    public static readonly FieldTable IndirectPing =
        new("SeqNo", "Target", "Port", "Node", "Nack", "SourceAddr", "SourcePort", "SourceNode");

    public static readonly FieldTable AckResp = new("SeqNo", "Payload");
    public static readonly FieldTable NackResp = new("SeqNo");
    public static readonly FieldTable ErrResp = new("Error");

    /// <summary>Suspect and dead messages.</summary>
    public static readonly FieldTable Accusation = new("Incarnation", "Node", "From");

    public static readonly FieldTable Alive = new("Incarnation", "Node", "Addr", "Port", "Meta", "Vsn");
    public static readonly FieldTable PushPullHeader = new("Nodes", "UserStateLen", "Join");
    public static readonly FieldTable PushNodeState = new("Name", "Addr", "Port", "Meta", "Incarnation", "State", "Vsn");
    public static readonly FieldTable UserMsgHeader = new("UserMsgLen");
    public static readonly FieldTable Compress = new("Algo", "Buf");
}
