using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// The log writer of a simulated server: one sync at a time, everything queued meanwhile in the next. A crash during a sync
/// leaves all of the batch, nothing, or a part of it from its beginning. The real log leaves all or nothing; a part is what
/// another log may leave, and nobody was told of any of it.
/// </summary>
internal sealed class SimWriter(SimDisk disk, VirtualTime time, SeededRandom random, Action<Write, bool> settled)
{
    private readonly List<Write> _queued = [];
    private List<Write>? _syncing;
    private List<Write>? _failed;
    private int _failedGeneration = -1;
    private ulong _truncateTo;
    private int _life;

    /// <summary>Syncs fail while it is set.</summary>
    public bool Faulty { get; set; }

    /// <summary>Chance in a thousand that a sync takes a second or two.</summary>
    public ulong SlowPerMille { get; set; }

    /// <summary>No sync ends before.</summary>
    public TimeSpan StalledUntil { get; set; }

    public void Enqueue(Write write)
    {
        // Built on a write that failed, before the core knew.
        if (write.Generation <= _failedGeneration) return;
        _queued.Add(write);
        if (_syncing is null) Begin();
    }

    /// <summary>Removes the oldest entries, with the next sync.</summary>
    public void TruncateHead(ulong index)
    {
        _truncateTo = Math.Max(_truncateTo, index);
        if (_syncing is null) Begin();
    }

    public void Crash()
    {
        _life++;
        // A batch that failed may have reached the disk all the same, as long as no other was written over it.
        List<Write>? open = _syncing ?? _failed;
        if (open is not null)
        {
            ulong fate = random.Below(3);
            if (fate == 0) PersistWhole(open);
            else if (fate == 1) PersistPart(open);
        }

        _syncing = null;
        _failed = null;
        _failedGeneration = -1;
        _truncateTo = 0;
        _queued.Clear();
    }

    private void Begin()
    {
        if (_queued.Count == 0 && _truncateTo == 0) return;
        int life = _life;
        _syncing = [.. _queued];
        _queued.Clear();
        bool slow = random.Below(1000) < SlowPerMille;
        TimeSpan duration = random.Spread(slow ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(1));
        if (StalledUntil - time.Now > duration) duration = StalledUntil - time.Now;
        time.After(duration, () =>
        {
            if (life == _life) End();
        });
    }

    private void End()
    {
        List<Write> batch = _syncing!;
        _syncing = null;
        bool success = !Faulty;
        if (success)
        {
            _failed = null;
            PersistWhole(batch);
            if (_truncateTo > 0) disk.TruncateHead(_truncateTo);
            _truncateTo = 0;
        }
        else
        {
            _truncateTo = 0;
            if (batch.Count > 0)
            {
                _failed = batch;
                _failedGeneration = batch[^1].Generation;
                _queued.Clear();
            }
        }

        if (batch.Count > 0) Notify(batch[^1], success);
        if (_syncing is null) Begin();
    }

    /// <summary>The core is told at once, or a moment later, when more may have been queued and more be durable.</summary>
    private void Notify(Write last, bool success)
    {
        if (random.Below(4) > 0)
        {
            settled(last, success);
            return;
        }

        int life = _life;
        time.After(TimeSpan.FromMicroseconds(random.Below(1500)), () =>
        {
            if (life == _life) settled(last, success);
        });
    }

    private void PersistWhole(List<Write> batch)
    {
        foreach (Write write in batch)
        {
            if (write.Reset) disk.Reset();
            if (write.HardState is { } state) disk.SetHardState(state);
            disk.Append(write.Entries);
        }
    }

    private void PersistPart(List<Write> batch)
    {
        int pieces = batch.Sum(w => w.Entries.Length + 1);
        int left = (int)random.Below((ulong)pieces);
        foreach (Write write in batch)
        {
            if (left-- == 0) return;
            if (write.Reset) disk.Reset();
            if (write.HardState is { } state) disk.SetHardState(state);
            int entries = Math.Min(left, write.Entries.Length);
            disk.Append(write.Entries.AsSpan(0, entries));
            left -= entries;
            if (entries < write.Entries.Length) return;
        }
    }
}

internal sealed record Write(long Id, int Generation, bool Reset, HardState? HardState, LogEntry[] Entries);
