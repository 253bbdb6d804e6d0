namespace Consul.Fast.Gossip.Core.Messages;

/// <summary>A whole state exchange of one direction: nodes, and what the layer above adds.</summary>
/// <param name="HasUserState">False when a peer sent none.</param>
internal readonly record struct PushPullState(
    bool IsJoin,
    ReadOnlyMemory<PushNodeState> Nodes,
    bool HasUserState,
    SerfPushPull UserState);

/// <summary>Arrays for one outgoing state, kept by the driver so that exchanges allocate nothing once they have grown.</summary>
internal sealed class PushPullBuffer
{
    public PushNodeState[] Nodes = [];
    public StatusLTime[] Statuses = [];
    public ReadOnlyMemory<byte>[] Left = [];
    public BufferedEvents[] Events = [];
}
