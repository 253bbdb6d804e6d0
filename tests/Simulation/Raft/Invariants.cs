using System.Globalization;
using Consul.Fast.Consensus;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>What must hold in every run, whatever happens to servers and network.</summary>
internal sealed class Invariants
{
    private readonly Dictionary<ulong, string> _leaders = [];
    private readonly Dictionary<(string Server, ulong Term), string> _votes = [];
    private readonly Dictionary<(ulong Index, ulong Term), (LogEntry Entry, ulong PrevTerm)> _entries = [];
    private readonly SortedDictionary<ulong, LogEntry> _applied = [];
    private readonly Dictionary<ulong, ulong> _states = [];

    /// <summary>Highest index that any server has applied.</summary>
    public ulong AppliedIndex => _applied.Count == 0 ? 0 : _applied.Keys.Last();

    /// <summary>One leader per term, and it holds everything that was applied anywhere.</summary>
    public void OnLeader(SimServer server)
    {
        ulong term = server.Core.Term;
        if (!_leaders.TryAdd(term, server.Id) && _leaders[term] != server.Id)
        {
            throw new InvariantException($"{server.Id} and {_leaders[term]} both lead term {term}");
        }

        foreach ((ulong index, LogEntry entry) in _applied)
        {
            if (index <= server.Core.SnapshotIndex) continue;
            if (!server.Core.TryTermAt(index, out ulong held) || held != entry.Term)
            {
                throw new InvariantException($"{server.Id} leads term {term} without committed entry {index} of term {entry.Term}");
            }
        }
    }

    /// <summary>A server votes for one candidate per term, also across crashes.</summary>
    public void OnVote(string server, ulong term, string candidate)
    {
        if (!_votes.TryAdd((server, term), candidate) && _votes[(server, term)] != candidate)
        {
            throw new InvariantException($"{server} voted for {candidate} and {_votes[(server, term)]} in term {term}");
        }
    }

    /// <summary>Index and term name one entry with one predecessor: logs that agree there agree on everything before.</summary>
    public void OnAppend(SimServer server, LogEntry entry, ulong prevTerm)
    {
        if (_entries.TryAdd((entry.Index, entry.Term), (entry, prevTerm))) return;
        (LogEntry known, ulong knownPrev) = _entries[(entry.Index, entry.Term)];
        if (known.Type != entry.Type || !known.Data.Span.SequenceEqual(entry.Data.Span))
        {
            throw new InvariantException($"{server.Id} appends another entry {entry.Index} of term {entry.Term}");
        }

        if (knownPrev != prevTerm)
        {
            throw new InvariantException($"{server.Id} appends entry {entry.Index} of term {entry.Term} after term {prevTerm}, not {knownPrev}");
        }
    }

    /// <summary>A lone server may use an index again when the entry was never durable: nobody else saw it.</summary>
    public void Forget(LogEntry entry) => _entries.Remove((entry.Index, entry.Term));

    /// <summary>All servers apply the same entry at the same index, without gaps.</summary>
    public void OnApply(SimServer server, LogEntry entry)
    {
        if (entry.Index != server.AppliedIndex + 1)
        {
            throw new InvariantException($"{server.Id} applies {entry.Index} after {server.AppliedIndex}");
        }

        if (!_applied.TryAdd(entry.Index, entry) && _applied[entry.Index].Term != entry.Term)
        {
            throw new InvariantException($"{server.Id} applies entry {entry.Index} of term {entry.Term}, others of term {_applied[entry.Index].Term}");
        }

        if (entry.Index > server.Disk.LastIndex && entry.Index > server.Core.SnapshotIndex)
        {
            throw new InvariantException($"{server.Id} applies entry {entry.Index}, which is not on its disk");
        }
    }

    /// <summary>The same applied prefix gives the same state.</summary>
    public void OnState(SimServer server)
    {
        if (!_states.TryAdd(server.AppliedIndex, server.Machine.State) && _states[server.AppliedIndex] != server.Machine.State)
        {
            string index = server.AppliedIndex.ToString(CultureInfo.InvariantCulture);
            throw new InvariantException($"{server.Id} has another state at {index}");
        }
    }

    /// <summary>Relations inside one server that hold after every step.</summary>
    public static void Check(SimServer server)
    {
        if (server.Core is not { } core) return;
        if (core.CommitIndex > core.DurableIndex) throw new InvariantException($"{server.Id} committed {core.CommitIndex}, durable {core.DurableIndex}");
        if (core.DurableIndex > core.LastIndex) throw new InvariantException($"{server.Id} durable {core.DurableIndex}, last {core.LastIndex}");
        if (server.AppliedIndex > core.CommitIndex) throw new InvariantException($"{server.Id} applied {server.AppliedIndex}, committed {core.CommitIndex}");
        if (server.Disk.HardState.Term > core.Term) throw new InvariantException($"{server.Id} went back to term {core.Term}");
    }
}

internal sealed class InvariantException(string message) : Exception(message);
