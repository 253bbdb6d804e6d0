using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

internal sealed partial class SwimCore
{
    private long _lastToken;

    /// <summary>Time for the periodic exchange with a random node.</summary>
    public void OnPushPullTick()
    {
        TimeSpan interval = Formulas.PushPullInterval(_context.Swim.PushPullInterval, _members.ListCount);
        _context.Timers.Add(_context.Now + interval, TimerKind.PushPull);
        Span<int> pick = stackalloc int[1];
        if (PickRandom(pick, default(OnlyAlive)) == 0) return;
        NodeIdentity peer = _members[pick[0]].Identity;
        OpenPushPull(peer.Address, peer.Name, isJoin: false);
    }

    /// <param name="command">Token of the join it belongs to; 0 for none.</param>
    /// <returns>Token of the stream.</returns>
    public long OpenPushPull(GossipAddress address, ReadOnlyMemory<byte> node, bool isJoin, long command = 0)
    {
        long token = ++_lastToken;
        _context.Output.OpenStream(new StreamRequest(token, StreamKind.PushPull, address, node, isJoin, default, default, command));
        return token;
    }

    /// <summary>Writes all known nodes in list order and returns their number.</summary>
    public int CopyNodes(ref PushNodeState[] nodes)
    {
        if (nodes.Length < _members.ListCount) nodes = new PushNodeState[_members.ListCount + (_members.ListCount / 8)];
        Span<int> list = _members.List;
        for (int i = 0; i < list.Length; i++)
        {
            ref MemberSlot member = ref _members[list[i]];
            NodeIdentity identity = member.Identity;
            nodes[i] = new PushNodeState(identity.Name, identity.Address, identity.Meta, member.Incarnation, member.State, identity.Vsn);
        }

        return list.Length;
    }

    /// <summary>Takes over what another node knows. Nothing is changed unless the result is merged.</summary>
    public MergeResult Merge(ReadOnlySpan<PushNodeState> nodes, bool isJoin)
    {
        if (!VersionRules.AreCompatible(nodes, _members, out VersionConflict conflict))
        {
            _context.Warn(WarningKind.IncompatibleVersions, conflict.Node);
            _context.Output.MergeRefused(conflict.ToString());
            return MergeResult.IncompatibleVersions;
        }

        if (isJoin && !_context.Policy.AdmitsMerge(nodes))
        {
            _context.Warn(WarningKind.MergeRefused, default);
            _context.Output.MergeRefused(_context.Policy.MergeRefusal);
            return MergeResult.Refused;
        }

        for (int i = 0; i < nodes.Length; i++) Merge(nodes[i]);
        return MergeResult.Merged;
    }

    private void Merge(in PushNodeState node)
    {
        switch (node.State)
        {
            case NodeState.Alive:
                GossipAddress address = node.Addr.Port == 0 ? node.Addr.WithPort(_context.Settings.BindPort) : node.Addr;
                OnAlive(new Alive(node.Incarnation, node.Name, address, node.Meta, node.Vsn));
                break;
            case NodeState.Left:
                OnDead(new Dead(node.Incarnation, node.Name, node.Name));
                break;
            default:
                // Also for the dead: what is old news there may have been refuted since.
                OnSuspect(new Suspect(node.Incarnation, node.Name, _context.Name));
                break;
        }
    }

    private void OpenStreamPing(NodeIdentity target, in Ping ping, TimeSpan deadline)
    {
        StreamRequest request = new(++_lastToken, StreamKind.Ping, target.Address, target.Name, IsJoin: false, ping, deadline);
        _context.Output.OpenStream(request);
    }
}
