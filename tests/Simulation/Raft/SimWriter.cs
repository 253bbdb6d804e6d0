using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// The log writer of a simulated server: one sync at a time, everything queued meanwhile in the next. A crash loses what
/// was not synced, or leaves it on the disk without anybody knowing.
/// </summary>
internal sealed class SimWriter(SimDisk disk, VirtualTime time, SeededRandom random, Action<Write, bool> settled)
{
    private readonly List<Write> _queued = [];
    private List<Write>? _syncing;
    private int _life;

    /// <summary>Syncs fail while it is set.</summary>
    public bool Faulty { get; set; }

    /// <summary>Chance in a thousand that a sync takes a second or two.</summary>
    public ulong SlowPerMille { get; set; }

    public void Enqueue(Write write)
    {
        _queued.Add(write);
        if (_syncing is null) Begin();
    }

    public void Crash()
    {
        _life++;
        if (_syncing is not null && random.Below(2) == 0) Persist(_syncing);
        _syncing = null;
        _queued.Clear();
    }

    private void Begin()
    {
        if (_queued.Count == 0) return;
        int life = _life;
        _syncing = [.. _queued];
        _queued.Clear();
        TimeSpan duration = random.Below(1000) < SlowPerMille ? random.Spread(TimeSpan.FromSeconds(1)) : random.Spread(TimeSpan.FromMilliseconds(2));
        time.After(duration, () =>
        {
            if (life == _life) End();
        });
    }

    private void End()
    {
        List<Write> batch = _syncing!;
        _syncing = null;
        if (Faulty)
        {
            _queued.RemoveAll(w => w.Generation <= batch[^1].Generation);
            settled(batch[^1], false);
        }
        else
        {
            Persist(batch);
            settled(batch[^1], true);
        }

        if (_syncing is null) Begin();
    }

    private void Persist(List<Write> batch)
    {
        foreach (Write write in batch)
        {
            if (write.Reset) disk.Reset();
            if (write.HardState is { } state) disk.SetHardState(state);
            disk.Append(write.Entries);
        }
    }
}

internal sealed record Write(long Id, int Generation, bool Reset, HardState? HardState, LogEntry[] Entries);
