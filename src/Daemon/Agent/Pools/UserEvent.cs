using System.Buffers.Binary;
using Consul.Fast.Gossip.Wire;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>An event that this agent received, or is about to fire.</summary>
/// <param name="LTime">Its Lamport time in the pool; 0 before it is fired.</param>
internal sealed record UserEvent(ConsulEventPayload Content, ulong LTime)
{
    private const int UuidBytes = 16;

    /// <summary>
    /// The index of a list that ends with this event: both halves of its id, combined. An id that is no UUID has none; its Lamport
    /// time serves instead.
    /// </summary>
    public ulong Index
    {
        get
        {
            Span<byte> id = stackalloc byte[UuidBytes];
            if (!Guid.TryParseExact(Content.Id, "D", out Guid uuid) || !uuid.TryWriteBytes(id, bigEndian: true, out _)) return LTime;
            return BinaryPrimitives.ReadUInt64BigEndian(id) ^ BinaryPrimitives.ReadUInt64BigEndian(id[sizeof(ulong)..]);
        }
    }
}
