using System.Text;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

/// <summary>A node that speaks what not everybody understands.</summary>
/// <param name="Layer">Empty, or "delegate " for the layer of events.</param>
internal readonly record struct VersionConflict(ReadOnlyMemory<byte> Node, string Layer, byte Version, byte Min, byte Max)
{
    /// <summary>In memberlist's words.</summary>
    public override string ToString() =>
        $"Node '{Encoding.UTF8.GetString(Node.Span)}' {Layer}protocol version ({Version}) is incompatible: [{Min}, {Max}]";
}

/// <summary>Whether two pools can be one: everybody must speak what everybody alive understands, in both layers.</summary>
internal static class VersionRules
{
    public static bool AreCompatible(ReadOnlySpan<PushNodeState> remote, MemberTable local, out VersionConflict conflict)
    {
        Range range = Range.Full;
        for (int i = 0; i < remote.Length; i++)
        {
            if (remote[i].State == NodeState.Alive && remote[i].Vsn.IsPresent) range.Narrow(remote[i].Vsn);
        }

        foreach (int slot in local.List)
        {
            if (local[slot].State == NodeState.Alive) range.Narrow(local[slot].Identity.Vsn);
        }

        for (int i = 0; i < remote.Length; i++)
        {
            if (!range.Holds(remote[i].Vsn)) return Conflict(remote[i].Name, remote[i].Vsn, range, out conflict);
        }

        foreach (int slot in local.List)
        {
            NodeIdentity known = local[slot].Identity;
            if (!range.Holds(known.Vsn)) return Conflict(known.Name, known.Vsn, range, out conflict);
        }

        conflict = default;
        return true;
    }

    private static bool Conflict(ReadOnlyMemory<byte> node, VersionVector vsn, in Range range, out VersionConflict conflict)
    {
        conflict = range.ConflictOf(node, vsn);
        return false;
    }

    /// <summary>Versions that all nodes alive understand.</summary>
    private struct Range
    {
        public static readonly Range Full = new() { _pMax = byte.MaxValue, _dMax = byte.MaxValue };
        private byte _pMin;
        private byte _pMax;
        private byte _dMin;
        private byte _dMax;

        public void Narrow(VersionVector vsn)
        {
            _pMin = Math.Max(_pMin, vsn.PMin);
            _pMax = Math.Min(_pMax, vsn.PMax);
            _dMin = Math.Max(_dMin, vsn.DMin);
            _dMax = Math.Min(_dMax, vsn.DMax);
        }

        public readonly VersionConflict ConflictOf(ReadOnlyMemory<byte> node, VersionVector vsn) => vsn.PCur < _pMin || vsn.PCur > _pMax
            ? new VersionConflict(node, "", vsn.PCur, _pMin, _pMax)
            : new VersionConflict(node, "delegate ", vsn.DCur, _dMin, _dMax);

        public readonly bool Holds(VersionVector vsn) =>
            vsn.PCur >= _pMin && vsn.PCur <= _pMax && vsn.DCur >= _dMin && vsn.DCur <= _dMax;
    }
}
