using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

/// <summary>Whether two pools can be one: everybody must speak what everybody alive understands, in both layers.</summary>
internal static class VersionRules
{
    /// <param name="odd">Name of a node that does not fit.</param>
    public static bool AreCompatible(ReadOnlySpan<PushNodeState> remote, MemberTable local, out ReadOnlyMemory<byte> odd)
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
            if (range.Holds(remote[i].Vsn)) continue;
            odd = remote[i].Name;
            return false;
        }

        foreach (int slot in local.List)
        {
            if (range.Holds(local[slot].Identity.Vsn)) continue;
            odd = local[slot].Identity.Name;
            return false;
        }

        odd = default;
        return true;
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

        public readonly bool Holds(VersionVector vsn) =>
            vsn.PCur >= _pMin && vsn.PCur <= _pMax && vsn.DCur >= _dMin && vsn.DCur <= _dMax;
    }
}
