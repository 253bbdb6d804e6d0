namespace Consul.Fast.Gossip.Wire;

/// <summary>Structures of the Serf layer.</summary>
internal static class SerfFields
{
    public static readonly FieldTable Leave = new("LTime", "Node", "Prune");
    public static readonly FieldTable Join = new("LTime", "Node");

    public static readonly FieldTable PushPull =
        new("LTime", "StatusLTimes", "LeftMembers", "EventLTime", "Events", "QueryLTime");

    /// <summary>The events of one Lamport time in the buffer.</summary>
    public static readonly FieldTable BufferedEvents = new("LTime", "Events");

    public static readonly FieldTable BufferedEvent = new("Name", "Payload");
    public static readonly FieldTable UserEvent = new("LTime", "Name", "Payload", "CC");

    public static readonly FieldTable Query = new(
        "LTime", "ID", "Addr", "Port", "SourceNode", "Filters", "Flags", "RelayFactor", "Timeout", "Name", "Payload");

    public static readonly FieldTable QueryResponse = new("LTime", "ID", "From", "Flags", "Payload");
    public static readonly FieldTable TagFilter = new("Tag", "Expr");
    public static readonly FieldTable RelayHeader = new("DestAddr", "DestName");
    public static readonly FieldTable RelayAddress = new("IP", "Port", "Zone");
    public static readonly FieldTable KeyRequest = new("Key");
    public static readonly FieldTable KeyResponse = new("Result", "Message", "Keys", "PrimaryKey");

    public static readonly FieldTable Member = new(
        "Name", "Addr", "Port", "Tags", "Status", "ProtocolMin", "ProtocolMax", "ProtocolCur", "DelegateMin", "DelegateMax", "DelegateCur");

    public static readonly FieldTable Coordinate = new("Vec", "Error", "Adjustment", "Height");
}
