using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>What a run wants to know of.</summary>
internal interface ISimObserver
{
    void OnMember(SimNode at, in MemberNotice notice);

    void OnUserEvent(SimNode at, in UserEvent message);

    void OnWarning(SimNode at, in Warning warning);

    void OnAnswer(SimNode at);

    /// <summary>An event has been processed; the node is the one it concerned, if any.</summary>
    void AfterEvent(SimNode? node);
}
