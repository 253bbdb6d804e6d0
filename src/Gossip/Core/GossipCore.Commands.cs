using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Serf;

namespace Consul.Fast.Gossip.Core;

// Local commands. Those with a token end with an output that carries it: Completed, or KeysCollected.
internal sealed partial class GossipCore
{
    /// <summary>Joins the pools at these addresses, one after the other. The array is kept until the end.</summary>
    /// <param name="ignoreOld">Events fired before the join are not delivered.</param>
    public void Join(TimeSpan now, JoinTarget[] targets, bool ignoreOld, long token)
    {
        Enter(now);
        _serf.Join(targets, ignoreOld, token);
        Finish();
    }

    /// <summary>Leaves for good. The core answers probes until it is dropped.</summary>
    /// <returns>False when a departure was begun before: no completion follows.</returns>
    public bool TryLeave(TimeSpan now, long token)
    {
        Enter(now);
        bool begun = _serf.TryLeave(token);
        Finish();
        return begun;
    }

    /// <summary>Makes the pool treat a failed member as one that left.</summary>
    /// <param name="prune">Forget it at once.</param>
    public void ForceLeave(TimeSpan now, ReadOnlyMemory<byte> node, bool prune, long token)
    {
        Enter(now);
        _serf.ForceLeave(node, prune, token);
        Finish();
    }

    /// <summary>Announces other tags, in their encoded form.</summary>
    /// <returns>False when they are too large: no completion follows.</returns>
    public bool TryUpdateMeta(TimeSpan now, ReadOnlyMemory<byte> meta, long token)
    {
        Enter(now);
        bool begun = _serf.TryUpdateMeta(meta, token);
        Finish();
        return begun;
    }

    /// <summary>Fires a user event; it is delivered here, too.</summary>
    /// <param name="ltime">Its Lamport time, 0 when it was not fired.</param>
    public FireResult FireEvent(TimeSpan now, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> payload, bool canCoalesce, out ulong ltime)
    {
        Enter(now);
        FireResult result = _serf.FireEvent(name, payload, canCoalesce, out ltime);
        Finish();
        return result;
    }

    /// <summary>Asks all members that match the filters, this node included.</summary>
    /// <returns>False when the query is too large.</returns>
    public bool TryQuery(TimeSpan now, in QueryRequest request, out QueryId id)
    {
        Enter(now);
        bool begun = _serf.TryQuery(request, out id);
        Finish();
        return begun;
    }

    /// <summary>Answers a query that was given out as <see cref="IGossipOutput.Query"/>; once, and before its deadline.</summary>
    public RespondResult Respond(TimeSpan now, QueryId id, ReadOnlyMemory<byte> payload)
    {
        Enter(now);
        return _serf.Respond(id, payload);
    }

    /// <summary>Runs a key operation on all members, this node included.</summary>
    /// <returns>False when the query is too large: nothing follows.</returns>
    public bool TryQueryKeys(TimeSpan now, KeyOperation operation, ReadOnlyMemory<byte> key, byte relayFactor, long token)
    {
        Enter(now);
        bool begun = _serf.TryQueryKeys(operation, key, relayFactor, token);
        Finish();
        return begun;
    }

    /// <summary>Answers a key query that was given out as <see cref="IGossipOutput.KeyQuery"/>.</summary>
    public RespondResult RespondKey(TimeSpan now, QueryId id, in KeyResponse response)
    {
        Enter(now);
        return _serf.RespondKey(id, response);
    }
}
