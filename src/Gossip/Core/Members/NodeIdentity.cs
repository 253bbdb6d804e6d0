using System.Buffers.Binary;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Members;

/// <summary>
/// What a node says about itself. Immutable and owned by nobody: a broadcast keeps it while the member changes, and one
/// process with many cores can share it among them.
/// </summary>
internal sealed class NodeIdentity
{
    private NodeIdentity(byte[] name, ulong hash, GossipAddress address, byte[] meta, VersionVector vsn)
    {
        Name = name;
        Hash = hash;
        Address = address;
        Meta = meta;
        Vsn = vsn;
    }

    /// <summary>The same array for all identities of one member's life.</summary>
    public byte[] Name { get; }

    /// <summary><see cref="HashOf"/> of the name.</summary>
    public ulong Hash { get; }

    public GossipAddress Address { get; }

    public byte[] Meta { get; }

    public VersionVector Vsn { get; }

    public static NodeIdentity Of(in Alive alive) =>
        new(alive.Node.ToArray(), HashOf(alive.Node.Span), alive.Addr, alive.Meta.ToArray(), alive.Vsn);

    /// <summary>This one when the message tells nothing new, else a successor with the same name.</summary>
    public NodeIdentity Updated(in Alive alive)
    {
        bool sameMeta = alive.Meta.Span.SequenceEqual(Meta);
        if (sameMeta && alive.Addr == Address && alive.Vsn == Vsn) return this;
        return new NodeIdentity(Name, Hash, alive.Addr, sameMeta ? Meta : alive.Meta.ToArray(), alive.Vsn);
    }

    public Alive ToAlive(uint incarnation) => new(incarnation, Name, Address, Meta, Vsn);

    /// <summary>A hash that spreads well over 64 bits, so that it can stand for a name where a rare mix-up does no harm.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> name)
    {
        ulong hash = 0x9e3779b97f4a7c15 ^ ((ulong)name.Length * 0xff51afd7ed558ccd);
        while (name.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(name));
            name = name[8..];
        }

        ulong tail = 0;
        for (int i = 0; i < name.Length; i++) tail |= (ulong)name[i] << (8 * i);
        return Mix(hash ^ tail);
    }

    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, 0xa0761d6478bd642f, out ulong low);
        return high ^ low;
    }
}
