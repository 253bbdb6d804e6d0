using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

/// <summary>The layer above the failure detector, as the failure detector sees it.</summary>
internal interface ISwimUpper
{
    /// <summary>Payload of the acknowledgements of this node; empty for none.</summary>
    ReadOnlyMemory<byte> AckPayload { get; }

    void OnJoin(int slot);

    void OnLeave(int slot);

    void OnUpdate(int slot);

    /// <summary>Another node claims the name of a member.</summary>
    void OnConflict(int slot, in Alive other);

    /// <summary>A member answered a probe directly and in time.</summary>
    void OnPingCompleted(int slot, TimeSpan roundTrip, ReadOnlyMemory<byte> payload);
}
