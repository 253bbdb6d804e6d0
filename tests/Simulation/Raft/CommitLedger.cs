using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// What was ever committed by a leader, once for all servers and lives, and what must hold of it: every server commits and
/// applies exactly this, and every later leader has it.
/// </summary>
internal sealed class CommitLedger(SimCluster cluster)
{
    // The entry of index i is at i - 1.
    private readonly List<Line> _lines = [];
    private readonly Dictionary<ulong, string> _leaders = [];
    private readonly HashSet<ulong> _termsWithCommits = [];
    private readonly HashSet<ulong> _termsStarted = [1];

    /// <summary>Highest index that any leader has committed.</summary>
    public ulong CommitIndex => (ulong)_lines.Count;

    /// <summary>Terms that had a leader.</summary>
    public int Leaders => _leaders.Count;

    public bool HasCommitOf(ulong term) => _termsWithCommits.Contains(term);

    /// <summary>One leader per term, and it holds everything that leaders before it have committed.</summary>
    public void OnLeader(SimServer server)
    {
        ulong term = server.Core.Term;
        if (!_leaders.TryAdd(term, server.Id) && _leaders[term] != server.Id)
        {
            throw new InvariantException($"{server.Id} and {_leaders[term]} both lead term {term}");
        }

        bool astray = !IsOfThis(server.Core.SnapshotIndex, server.Core.SnapshotTerm);
        for (ulong index = astray ? 1 : server.Core.SnapshotIndex + 1; index <= CommitIndex; index++)
        {
            Line line = _lines[(int)index - 1];
            // What a user restores takes the place of everything up to its term.
            if (line.CommittedIn >= term || (astray && line.CommittedIn <= server.Core.SnapshotTerm)) continue;
            if (!server.Core.TryTermAt(index, out ulong held) || held != line.Term)
            {
                throw new InvariantException(
                    $"{server.Id} leads term {term} without entry {index} of term {line.Term}, committed in term {line.CommittedIn}");
            }
        }
    }

    /// <summary>
    /// True when a snapshot ends where the ledger has it. Only one that a user restores can do otherwise: until something after it
    /// is committed, it is the leader's alone, and without that leader it is as if it had never been.
    /// </summary>
    public bool IsOfThis(ulong index, ulong term) => index == 0 || (index <= CommitIndex && _lines[(int)index - 1].Term == term);

    /// <summary>All servers apply the same entries, without gaps, and only what is committed and on their disk.</summary>
    public void OnApply(SimServer server, LogEntry entry)
    {
        if (entry.Index != server.AppliedIndex + 1)
        {
            throw new InvariantException($"{server.Id} applies {entry.Index} after {server.AppliedIndex}");
        }

        if (entry.Index > CommitIndex) throw new InvariantException($"{server.Id} applies entry {entry.Index}, which nobody committed");
        Line line = _lines[(int)entry.Index - 1];
        if (line.Term != entry.Term)
        {
            throw new InvariantException($"{server.Id} applies entry {entry.Index} of term {entry.Term}, committed was one of {line.Term}");
        }

        line.Entry ??= entry;
        if (line.Entry.Type != entry.Type || !line.Entry.Data.Span.SequenceEqual(entry.Data.Span))
        {
            throw new InvariantException($"{server.Id} applies another entry {entry.Index} of term {entry.Term}");
        }

        if (!server.Disk.Holds(entry.Index, entry.Term))
        {
            throw new InvariantException($"{server.Id} applies entry {entry.Index}, which is not on its disk");
        }
    }

    /// <summary>The same applied prefix gives the same state.</summary>
    public void OnState(SimServer server)
    {
        if (server.AppliedIndex == 0) return;
        Line line = _lines[(int)server.AppliedIndex - 1];
        line.State ??= server.Machine.State;
        if (line.State != server.Machine.State) throw new InvariantException($"{server.Id} has another state at {server.AppliedIndex}");
    }

    /// <summary>After every step of a server.</summary>
    public void OnStep(SimServer server)
    {
        RaftCore core = server.Core;
        CheckSelf(server, core);
        if (core.Term > server.Record.Term) CheckNewTerm(server, core);
        if (core.CommitIndex > server.Record.CommitIndex) OnCommit(server, core);
        else if (core.CommitIndex < server.Record.CommitIndex && IsOfThis(server.Record.SnapshotIndex, server.Record.SnapshotTerm)) throw new InvariantException($"{server.Id} takes back its commit index");
        server.Record.Take(core);
    }

    private static void CheckSelf(SimServer server, RaftCore core)
    {
        if (core.CommitIndex > core.DurableIndex) throw new InvariantException($"{server.Id} committed {core.CommitIndex}, durable {core.DurableIndex}");
        if (core.DurableIndex > core.LastIndex) throw new InvariantException($"{server.Id} durable {core.DurableIndex}, last {core.LastIndex}");
        if (server.AppliedIndex > core.CommitIndex && !server.IsReplacingState) throw new InvariantException($"{server.Id} applied {server.AppliedIndex}, committed {core.CommitIndex}");
        if (core.Term < server.Record.Term) throw new InvariantException($"{server.Id} went back to term {core.Term}");
        if (server.Disk.HardState.Term > core.Term) throw new InvariantException($"{server.Id} forgot term {server.Disk.HardState.Term}");
    }

    /// <summary>A term exists because somebody stood for election in it, and for no other reason.</summary>
    private void CheckNewTerm(SimServer server, RaftCore core)
    {
        bool stands = core.HardState.VoteTerm == core.Term && core.HardState.VotedFor == server.Address;
        if (stands) _termsStarted.Add(core.Term);
        else if (!_termsStarted.Contains(core.Term)) throw new InvariantException($"{server.Id} is in term {core.Term}, which no candidate began");
    }

    private void OnCommit(SimServer server, RaftCore core)
    {
        // A user's snapshot counts as committed where it is, and is committed with the first entry after it.
        if (core.CommitIndex == core.SnapshotIndex && cluster.Shape.Restores && !IsOfThis(core.SnapshotIndex, core.SnapshotTerm)) return;
        ulong known = CommitIndex;
        for (ulong index = Math.Min(server.Record.CommitIndex, known) + 1; index <= core.CommitIndex; index++)
        {
            if (!core.TryTermAt(index, out ulong term))
            {
                if (index <= core.SnapshotIndex && index <= known) continue;
                if (index < core.SnapshotIndex && cluster.Shape.Restores)
                {
                    _lines.Add(new Line(0, server.Record.Term));
                    continue;
                }

                throw new InvariantException($"{server.Id} commits entry {index}, which it does not have");
            }

            if (index > known)
            {
                _lines.Add(new Line(term, server.Record.Term));
            }
            else if (_lines[(int)index - 1].Term == 0)
            {
                // A leader before the restore learns late that this was committed in its term, and then replaced.
                _lines[(int)index - 1] = new Line(term, server.Record.Term);
            }
            else if (_lines[(int)index - 1].Term != term && index > server.Record.CommitIndex)
            {
                throw new InvariantException($"{server.Id} commits entry {index} of term {term}, committed was one of {_lines[(int)index - 1].Term}");
            }
        }

        if (server.Record.Role == RaftRole.Leader) _termsWithCommits.Add(_lines[(int)core.CommitIndex - 1].Term);
        if (core.CommitIndex > known) CheckRightToCommit(server, core);
    }

    /// <summary>
    /// What is new to all is committed by a leader, whose term's it is, and is on the disks of a majority of its voters.
    /// </summary>
    private void CheckRightToCommit(SimServer server, RaftCore core)
    {
        ulong index = core.CommitIndex;
        ulong term = _lines[(int)index - 1].Term;
        if (server.Record.Role != RaftRole.Leader) throw new InvariantException($"{server.Id} commits entry {index} and no leader did");
        if (term != server.Record.Term) throw new InvariantException($"{server.Id} commits entry {index} of term {term} by counting, in term {server.Record.Term}");
        int voters = 0;
        int holders = 0;
        foreach (RaftServer member in core.Latest.Configuration.Servers)
        {
            if (member.Suffrage != Suffrage.Voter) continue;
            voters++;
            if (cluster.Find(member.Id)!.Disk.Holds(index, term)) holders++;
        }

        if (holders < (voters / 2) + 1)
        {
            throw new InvariantException($"{server.Id} commits entry {index} of term {term}, on the disks of {holders} of {voters} voters");
        }
    }

    private sealed class Line(ulong term, ulong committedIn)
    {
        public ulong Term => term;

        /// <summary>Term of the leader that committed it.</summary>
        public ulong CommittedIn => committedIn;

        public LogEntry? Entry { get; set; }

        /// <summary>State of every machine that has applied it.</summary>
        public ulong? State { get; set; }
    }
}
