namespace Consul.Fast.Gossip.Core.Messages;

/// <summary>Type byte of a memberlist message. The numbers are on the wire.</summary>
internal enum MessageType : byte
{
    Ping = 0,
    IndirectPing = 1,
    AckResp = 2,
    Suspect = 3,
    Alive = 4,
    Dead = 5,
    PushPull = 6,
    Compound = 7,
    User = 8,
    Compress = 9,
    Encrypt = 10,
    NackResp = 11,
    HasCrc = 12,
    Err = 13,
    HasLabel = 244,
}

/// <summary>Type byte of a Serf message. The numbers are on the wire.</summary>
internal enum SerfMessageType : byte
{
    Leave = 0,
    Join = 1,
    PushPull = 2,
    UserEvent = 3,
    Query = 4,
    QueryResponse = 5,
    ConflictResponse = 6,
    KeyRequest = 7,
    KeyResponse = 8,
    Relay = 9,
}

/// <summary>State of a node in a push/pull. The numbers are on the wire.</summary>
internal enum NodeState : byte
{
    Alive = 0,
    Suspect = 1,
    Dead = 2,
    Left = 3,
}
