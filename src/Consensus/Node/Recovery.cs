using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Wire;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Node;

/// <summary>Rebuilds what the core and the state machine knew from the disk. Runs once, before any loop.</summary>
internal sealed class Recovery(ILogStore log, ISnapshotStore snapshots, IStateMachine machine, ILogger logger)
{
    private const ulong ScanBlock = 256;

    /// <exception cref="InvalidDataException">No snapshot is readable, or the log does not follow it.</exception>
    public RecoveredState Run()
    {
        SnapshotMeta? snapshot = RestoreNewest();
        ulong snapshotIndex = snapshot?.Index ?? 0;
        ConfigurationPoint configuration = snapshot is null
            ? ConfigurationPoint.None
            : new ConfigurationPoint(snapshot.Configuration, snapshot.ConfigurationIndex);
        RecoveredState state = new(
            log.HardState,
            snapshotIndex,
            snapshot?.Term ?? 0,
            configuration,
            snapshotIndex + 1,
            snapshotIndex,
            TermSpans.Empty,
            configuration,
            configuration);
        if (log.LastIndex > snapshotIndex && Follows(snapshot)) state = ScanLog(state);
        if (state.Latest.Index > 0)
        {
            Log.InitialConfiguration(logger, state.Latest.Index, RaftLoop.Describe(state.Latest.Configuration));
        }

        return state;
    }

    /// <summary>
    /// False for a log that differs from the snapshot: the server went down between storing a leader's snapshot and removing
    /// the log it replaces.
    /// </summary>
    private bool Follows(SnapshotMeta? snapshot)
    {
        if (snapshot is null || !log.TryRead(snapshot.Index, out LogEntry entry) || entry.Term == snapshot.Term) return true;
        log.Reset();
        log.Sync();
        return false;
    }

    /// <summary>Restores the newest snapshot that can be read; null when there is none at all.</summary>
    private SnapshotMeta? RestoreNewest()
    {
        List<string> damages = [.. snapshots.FindDamage()];
        foreach (SnapshotMeta snapshot in snapshots.List())
        {
            try
            {
                using Stream state = snapshots.Open(snapshot);
                machine.Restore(state);
                Log.SnapshotRestored(logger, snapshot.Id);
                return snapshot;
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                Log.SnapshotUnreadable(logger, snapshot.Id, e.Message);
                damages.Add($"snapshot {snapshot.Id}: {e.Message}");
            }
        }

        // Without any snapshot the log may hold everything; beside a damaged one nobody knows what it lacks.
        return damages.Count == 0
            ? null
            : throw new InvalidDataException($"failed to load any existing snapshots: {string.Join("; ", damages)}");
    }

    private RecoveredState ScanLog(RecoveredState state)
    {
        if (log.FirstIndex > state.SnapshotIndex + 1)
        {
            string found = state.SnapshotIndex == 0 ? "holds no snapshot" : $"holds no snapshot behind entry {state.SnapshotIndex}";
            throw new InvalidDataException($"the raft log starts at entry {log.FirstIndex}, but {snapshots.Location} {found}");
        }

        TermSpans terms = TermSpans.Empty;
        ConfigurationPoint latest = state.Latest;
        ConfigurationPoint committed = state.Committed;
        var block = new LogEntry[ScanBlock];
        ulong last = log.LastIndex;
        for (ulong first = log.FirstIndex; first <= last;)
        {
            int count = log.Read(first, block.AsSpan(0, (int)Math.Min(ScanBlock, last - first + 1)));
            if (count == 0) throw new InvalidDataException($"log entry {first} is missing");
            foreach (LogEntry entry in block.AsSpan(0, count))
            {
                terms = terms.With(entry.Index, entry.Term);
                if (entry.Index <= state.SnapshotIndex || !ConfigurationCodec.TryDecode(entry, out ClusterConfiguration decoded)) continue;
                committed = latest;
                latest = new ConfigurationPoint(decoded, entry.Index);
            }

            first += (ulong)count;
        }

        return state with
        {
            FirstIndex = log.FirstIndex,
            LastIndex = last,
            Terms = terms,
            Latest = latest,
            Committed = committed,
        };
    }
}
