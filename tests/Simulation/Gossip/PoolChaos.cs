using System.Globalization;
using System.Text;
using Consul.Fast.Gossip.Core.Serf;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>Does to a pool what the world does, at random times, and finally repairs everything.</summary>
internal sealed class PoolChaos(SimPool pool)
{
    private static readonly TimeSpan s_retryJoin = TimeSpan.FromSeconds(3);
    private readonly HashSet<int> _gone = [];
    private bool _stopped;
    private int _serial;

    /// <summary>Starts everybody and joins them through node 0.</summary>
    public void Begin()
    {
        foreach (SimNode node in pool.Nodes) node.Start();
        foreach (SimNode node in pool.Nodes) KeepJoining(node, node.Life);
    }

    public void Start()
    {
        pool.Network.LossPerMille = pool.Random.Below(150);
        pool.Network.DuplicatePerMille = pool.Random.Below(100);
        pool.Network.SlowPerMille = pool.Random.Below(60);
        HarmForEver();
    }

    /// <summary>The network whole, everybody running but a few that stay away.</summary>
    public void Heal()
    {
        _stopped = true;
        pool.Network.Heal();
        foreach (SimNode node in pool.Nodes)
        {
            node.Release();
            node.Resume();
            if (pool.Random.Below(5) == 0) _gone.Add(node.Index);
            else if (!node.IsUp || node.Core!.State != PoolState.Alive) Restart(node);
        }

        // Sides that made each other leave by force do not look for each other again: that takes somebody who joins them.
        SimNode operatorOf = pool.Nodes.FirstOrDefault(n => n.Core?.State == PoolState.Alive) ?? pool.Nodes[0];
        pool.Disturb();
        JoinTarget[] everybody = [.. pool.Nodes.Where(n => n != operatorOf).Select(n => new JoinTarget(n.Address, n.Name))];
        operatorOf.Step((core, now) => core.Join(now, everybody, ignoreOld: false, token: 5));
    }

    /// <summary>Joins until somebody answers, as an agent with retry-join does.</summary>
    private void KeepJoining(SimNode node, int life)
    {
        if (node.Life != life || node.Core is null || node.Core.State != PoolState.Alive || node.HasJoined) return;
        JoinTarget[] targets = [.. Enumerable.Range(0, 3).Select(_ => pool.Pick()).Where(t => t != node).Select(t => new JoinTarget(t.Address, t.Name))];
        node.Step((core, now) => core.Join(now, targets, ignoreOld: pool.Random.Below(2) == 0, token: 1));
        pool.After(s_retryJoin, () => KeepJoining(node, life));
    }

    /// <summary>
    /// Faults without end that every member must live with: lost, doubled and late packets, members that stall again and
    /// again, others that crash and come back. The network is whole.
    /// </summary>
    public void Wear(int stalling, int crashing)
    {
        pool.Network.LossPerMille = 50 + pool.Random.Below(100);
        pool.Network.DuplicatePerMille = pool.Random.Below(100);
        pool.Network.SlowPerMille = pool.Random.Below(60);
        for (int i = 0; i < stalling; i++) StallForEver(pool.Nodes[i]);
        for (int i = 0; i < crashing; i++) CrashForEver(pool.Nodes[^(i + 1)]);
    }

    private void StallForEver(SimNode node)
    {
        bool isPause = pool.Random.Below(2) == 0;
        if (isPause) node.Pause();
        else node.Hold();
        pool.After(pool.Random.Below(TimeSpan.FromSeconds(20)), () =>
        {
            node.Resume();
            node.Release();
            pool.After(pool.Random.Below(TimeSpan.FromSeconds(5)), () => StallForEver(node));
        });
    }

    private void CrashForEver(SimNode node)
    {
        node.Crash();
        pool.After(pool.Random.Below(TimeSpan.FromMinutes(2)), () =>
        {
            Restart(node);
            pool.After(pool.Random.Below(TimeSpan.FromMinutes(2)), () => CrashForEver(node));
        });
    }

    private void HarmForEver()
    {
        if (_stopped) return;
        Harm();
        pool.After(TimeSpan.FromMilliseconds(500) + pool.Random.Below(TimeSpan.FromSeconds(3)), HarmForEver);
    }

    private void Harm()
    {
        SimNode node = pool.Pick();
        switch (pool.Random.Below(15))
        {
            case 0:
                node.Crash();
                break;
            case 1 or 2:
                if (!node.IsUp) Restart(node);
                break;
            case 3:
                node.Pause();
                pool.After(pool.Random.Below(TimeSpan.FromSeconds(20)), node.Resume);
                break;
            case 4:
                Partition(oneWay: pool.Random.Below(2) == 0);
                break;
            case 5 or 6:
                pool.Network.Uncut();
                break;
            case 7:
                node.Step((core, now) => core.TryLeave(now, 2));
                break;
            case 8:
                if (node.Core?.State == PoolState.Left) Restart(node);
                break;
            case 9:
                ChangeTags(node);
                break;
            case 10:
                byte[] name = Encoding.ASCII.GetBytes("e" + (++_serial).ToString(CultureInfo.InvariantCulture));
                node.Step((core, now) => core.FireEvent(now, name, default, canCoalesce: false, out _));
                break;
            case 11:
                QueryRequest request = new("who"u8.ToArray(), default, default, WantsAck: true, RelayFactor: 1, default);
                node.Step((core, now) => core.TryQuery(now, request, out _));
                break;
            case 12:
                node.Hold();
                pool.After(pool.Random.Below(TimeSpan.FromSeconds(20)), node.Release);
                break;
            default:
                SimNode other = pool.Pick();
                pool.Disturb();
                node.Step((core, now) => core.ForceLeave(now, other.Name, prune: pool.Random.Below(3) == 0, 3));
                break;
        }
    }

    private void ChangeTags(SimNode node)
    {
        if (!node.IsRunning || node.Core!.State != PoolState.Alive) return;
        node.Meta = SimPool.MetaOf(("serial", (++_serial).ToString(CultureInfo.InvariantCulture)));
        node.Step((core, now) => core.TryUpdateMeta(now, node.Meta, 4));
    }

    private void Restart(SimNode node)
    {
        node.Crash();
        node.Start(pool.Random.Below(2) == 0 ? node.Snapshot : default);
        KeepJoining(node, node.Life);
    }

    private void Partition(bool oneWay)
    {
        bool[] side = [.. pool.Nodes.Select(_ => pool.Random.Below(2) == 0)];
        for (int a = 0; a < side.Length; a++)
        {
            for (int b = 0; b < side.Length; b++)
            {
                if (side[a] != side[b] && (side[a] || !oneWay)) pool.Network.Cut(a, b);
            }
        }
    }
}
