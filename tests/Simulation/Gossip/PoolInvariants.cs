using System.Text;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>
/// What must hold in every run, whatever happens to nodes and network; checked after every step of a node: every packet,
/// deadline, command and state exchange.
/// </summary>
internal sealed class PoolInvariants(SimPool pool)
{
    /// <summary>
    /// A live member hears that it was declared dead from those who gossip to the dead, from a state exchange (one a minute in
    /// pools of this size) or from somebody who looks for failed members. Each may be lost; this covers several of them.
    /// </summary>
    private static readonly TimeSpan s_takenForDeadMax = TimeSpan.FromMinutes(4);

    private readonly Dictionary<(int Observer, string Member), (int Life, uint Incarnation)> _seen = [];

    /// <summary>The pool has converged and nothing is done to it any more: every view stays true.</summary>
    public bool StaysConverged { get; set; }

    /// <summary>Relations inside one node, and of its view to the world, that hold after every step.</summary>
    public void Check(SimNode node)
    {
        if (node.Core is not { } core) return;
        if (StaysConverged && IsMember(node))
        {
            foreach (SimNode member in pool.Nodes) CheckView(node, member);
        }

        if (core.NextDeadline is null) throw Broken(node, "has nothing left to do");
        ref MemberSlot self = ref core.Members[0];
        if (core.State == Fast.Gossip.Core.Serf.PoolState.Alive && self.State != NodeState.Alive) throw Broken(node, $"thinks itself {self.State}");
        if (self.Incarnation != core.Incarnation) throw Broken(node, "disagrees with itself about its incarnation");
        int suspects = 0, listed = 0, members = 0;
        for (int slot = 0; slot < core.Members.End; slot++)
        {
            if (!core.Members.IsUsed(slot)) continue;
            ref MemberSlot member = ref core.Members[slot];
            if (member.IsListed) listed++;
            if (member.Status != StatusByte.None) members++;
            if (member.Suspicion != MemberSlot.None) suspects++;
            CheckMember(node, member);
        }

        foreach (SimNode other in pool.Nodes)
        {
            if (core.Members.Find(other.Name) == MemberSlot.None) _seen.Remove((node.Index, Encoding.ASCII.GetString(other.Name)));
        }

        if (suspects != core.SuspicionCount) throw Broken(node, $"has {suspects} suspects and {core.SuspicionCount} suspicions");
        if (listed != core.Members.ListCount) throw Broken(node, "lost track of its list");
        if (members != core.MemberCount) throw Broken(node, "lost count of its members");
    }

    private void CheckMember(SimNode node, in MemberSlot member)
    {
        string name = Encoding.ASCII.GetString(member.Identity.Name);
        if ((member.IsListed && member.IsDeadOrLeft) || member.Status is StatusByte.Failed or StatusByte.Left) CheckTakenForDead(node, member);
        if (!member.IsListed)
        {
            // Who is forgotten may come back under any incarnation.
            _seen.Remove((node.Index, name));
            if (member.Status is StatusByte.Alive) throw Broken(node, $"believes in {name}, which its failure detector does not know");
            return;
        }

        if (member.State == NodeState.Suspect != (member.Suspicion != MemberSlot.None)) throw Broken(node, $"suspects {name} by halves");
        if (member.Status == StatusByte.Alive && member.IsDeadOrLeft) throw Broken(node, $"has {name} {member.State} and alive");
        if (member.Status is StatusByte.Failed or StatusByte.Left && !member.IsDeadOrLeft) throw Broken(node, $"has {name} {member.State} and {member.Status}");
        if (_seen.TryGetValue((node.Index, name), out (int Life, uint Incarnation) before) && before.Life == node.Life && member.Incarnation < before.Incarnation)
        {
            throw Broken(node, $"let the incarnation of {name} fall from {before.Incarnation} to {member.Incarnation}");
        }

        _seen[(node.Index, name)] = (node.Life, member.Incarnation);
    }

    /// <summary>A live member that answers is not left for dead for ever.</summary>
    private void CheckTakenForDead(SimNode observer, in MemberSlot view)
    {
        SimNode member = pool.Nodes[SimPool.IndexOf(view.Identity.Address)];
        if (member == observer || !observer.IsResponsive || !member.IsResponsive) return;
        TimeSpan since = new(Math.Max(
            Math.Max(view.Since.Ticks, pool.DisturbedAt.Ticks), Math.Max(observer.DisturbedAt.Ticks, member.DisturbedAt.Ticks)));
        if (pool.Now - since <= s_takenForDeadMax) return;
        throw Broken(observer, $"has taken {member} for {view.State} {view.Status} since {view.Since}, and both have been well since {since}");
    }

    /// <summary>After everything was repaired and had its time: all views are true, and equal.</summary>
    public void CheckConverged()
    {
        foreach (SimNode observer in pool.Nodes.Where(IsMember))
        {
            foreach (SimNode member in pool.Nodes) CheckView(observer, member);
        }
    }

    private static bool IsMember(SimNode node) => node.Core?.State == Fast.Gossip.Core.Serf.PoolState.Alive;

    private static void CheckView(SimNode observer, SimNode member)
    {
        MemberTable table = observer.Core!.Members;
        int slot = table.Find(member.Name);
        if (!IsMember(member))
        {
            bool gone = slot == MemberSlot.None || (table[slot].Status is StatusByte.None or StatusByte.Failed or StatusByte.Left
                && (!table[slot].IsListed || table[slot].IsDeadOrLeft));
            if (!gone) throw Broken(observer, $"still believes in {member}: {table[slot].State} {table[slot].Status}");
            return;
        }

        if (slot == MemberSlot.None) throw Broken(observer, $"does not know {member}");
        ref MemberSlot view = ref table[slot];
        if (!view.IsListed || view.State != NodeState.Alive || view.Status != StatusByte.Alive)
        {
            throw Broken(observer, $"sees {member} as {view.State} {view.Status} {view.Incarnation} (listed: {view.IsListed}), it is at {member.Core!.Incarnation}");
        }

        if (view.Incarnation != member.Core!.Incarnation) throw Broken(observer, $"has {view.Incarnation} for {member} at {member.Core.Incarnation}");
        if (!view.Identity.Meta.AsSpan().SequenceEqual(member.Meta)) throw Broken(observer, $"has old tags of {member}");
    }

    private static InvariantException Broken(SimNode node, string what) => new($"node {node.Index} {what}");
}

internal sealed class InvariantException(string message) : Exception(message);
