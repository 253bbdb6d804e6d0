using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Serf;

/// <summary>Where to look for a pool.</summary>
/// <param name="Node">Name of the node there; empty when unknown.</param>
internal readonly record struct JoinTarget(GossipAddress Address, ReadOnlyMemory<byte> Node);

internal sealed partial class SerfCore
{
    private readonly List<JoinRun> _joins = [];

    /// <summary>Tries all addresses one after the other; the joined pool is told when at least one answered.</summary>
    public void Join(JoinTarget[] targets, bool ignoreOld, long token)
    {
        if (State != PoolState.Alive || targets.Length == 0)
        {
            _context.Output.Completed(new Completion(CommandKind.Join, token, Succeeded: false, 0));
            return;
        }

        JoinRun run = new(targets, ignoreOld, token);
        _joins.Add(run);
        Advance(run);
    }

    /// <summary>True when events up to now are of no interest in the answer to this stream.</summary>
    public bool IgnoresOld(long streamToken) => FindJoin(streamToken) is { IgnoreOld: true };

    /// <summary>A push/pull ended, well or not.</summary>
    public void OnPushPullDone(long streamToken, bool merged)
    {
        if (FindJoin(streamToken) is not { } run) return;
        if (merged) run.Reached++;
        run.Index++;
        Advance(run);
    }

    private void Advance(JoinRun run)
    {
        if (run.Index < run.Targets.Length)
        {
            JoinTarget target = run.Targets[run.Index];
            run.StreamToken = Swim.OpenPushPull(target.Address, target.Node, isJoin: true, run.Token);
            return;
        }

        _joins.Remove(run);
        if (run.Reached > 0 && State == PoolState.Alive) BroadcastJoin(_clock.Time);
        _context.Output.Completed(new Completion(CommandKind.Join, run.Token, run.Reached > 0, run.Reached));
    }

    private JoinRun? FindJoin(long streamToken)
    {
        foreach (JoinRun run in _joins)
        {
            if (run.StreamToken == streamToken) return run;
        }

        return null;
    }

    private sealed class JoinRun(JoinTarget[] targets, bool ignoreOld, long token)
    {
        public JoinTarget[] Targets => targets;

        public bool IgnoreOld => ignoreOld;

        public long Token => token;

        public int Index { get; set; }

        public int Reached { get; set; }

        public long StreamToken { get; set; }
    }
}
