using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

internal sealed partial class SwimCore
{
    /// <summary>Most nodes reached by one gossip round, whatever is configured.</summary>
    private const int FanOutMax = 64;

    /// <summary>One round: what is queued goes to a few random nodes, the recently dead among them, for they may be alive.</summary>
    public void OnGossipTick()
    {
        Span<int> picks = stackalloc int[Math.Min(FanOutMax, _context.Swim.GossipNodes)];
        int count = PickRandom(picks, new WorthTelling(_context.Now, _context.Swim.GossipToTheDeadTime));
        foreach (int slot in picks[..count])
        {
            if (!_outbox.Take(0)) break;
            NodeIdentity target = _members[slot].Identity;
            Urgency urgency = _outbox.TookRefutation ? Urgency.Refutation : Urgency.Gossip;
            bool hasChecksum = target.Vsn.PMax >= ChecksumVersion;
            _context.Output.BeginPacket(new PacketHead(target.Address, target.Name, urgency, hasChecksum));
            EndPacket(rides: true);
        }

        _outbox.OnGossipDone();
    }

    private readonly struct WorthTelling(TimeSpan now, TimeSpan deadFor) : INodeFilter
    {
        public bool Accepts(in MemberSlot member) => member.State switch
        {
            NodeState.Alive or NodeState.Suspect => true,
            NodeState.Dead => now - member.Since <= deadFor,
            _ => false,
        };
    }
}
