using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Wire;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>Checks what a core lets out, at the moment it does.</summary>
internal sealed class OutputChecks(SimCluster cluster)
{
    private readonly Dictionary<(ulong Index, ulong Term), (LogEntry Entry, ulong PrevTerm)> _entries = [];
    private readonly Dictionary<(string Server, ulong Term), string> _votes = [];

    public void OnOutput(SimServer server, RaftOutput output)
    {
        CheckEntries(server, output.Entries);
        foreach (PeerReply reply in output.Replies) CheckReply(server, (SimCall)reply.Token, reply.Response);
        foreach (PeerRequest request in output.Requests)
        {
            // A question about a candidacy speaks of a term that may never be.
            if (request.Request is not PreVoteRequest) CheckTerm(server, request.Request.Term);
            if (request.Request is TimeoutNowRequest) CheckHandOver(server, request.Peer.Id);
            if (request.Request is VoteRequest vote) CheckVote(server, vote.Term, vote.Candidate);
        }
    }

    /// <summary>A snapshot from elsewhere is ahead of the state it replaces.</summary>
    public void OnRestore(SimServer server, ulong index)
    {
        bool astray = !cluster.Ledger.IsOfThis(server.Core.SnapshotIndex, server.Core.SnapshotTerm);
        if (index <= server.AppliedIndex && !astray) throw new InvariantException($"{server.Id} goes back to a snapshot of {index}, applied is {server.AppliedIndex}");
    }

    /// <summary>A leader alone may use an index again when the entry was never durable: nobody else saw it.</summary>
    public void OnWriteFailed(SimServer server)
    {
        if (!server.Leads) return;
        for (ulong index = server.Core.DurableIndex + 1; index <= server.Record.LastIndex; index++) _entries.Remove((index, server.Core.Term));
    }

    private void CheckEntries(SimServer server, List<LogEntry> entries)
    {
        ulong prevTerm = 0;
        ulong prevIndex = 0;
        foreach (LogEntry entry in entries)
        {
            // The entry may be replaced within the same output; what is before it then is not what it was appended to.
            if (prevIndex + 1 != entry.Index && !server.Core.TryTermAt(entry.Index - 1, out prevTerm)) prevTerm = 0;
            if (entry.Index == 1) prevTerm = 0;
            OnAppend(server, entry, prevTerm);
            prevTerm = entry.Term;
            prevIndex = entry.Index;
            if (entry.Type == EntryType.Configuration && server.Leads && entry.Term == server.Core.Term) CheckChange(server, entry);
        }
    }

    /// <summary>Index and term name one entry with one predecessor: logs that agree there agree on everything before.</summary>
    private void OnAppend(SimServer server, LogEntry entry, ulong prevTerm)
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

    /// <summary>One change at a time, of one voter at most, and none before something of the leader's own term is committed.</summary>
    private void CheckChange(SimServer server, LogEntry entry)
    {
        ServerRecord before = server.Record;
        if (before.Latest.Index > before.CommitIndex)
        {
            throw new InvariantException($"{server.Id} changes the configuration at {entry.Index}, the one of {before.Latest.Index} is not committed");
        }

        if (!cluster.Ledger.HasCommitOf(entry.Term))
        {
            throw new InvariantException($"{server.Id} changes the configuration before it committed anything in term {entry.Term}");
        }

        ConfigurationCodec.TryDecode(entry, out ClusterConfiguration next);
        HashSet<string> voters = [.. before.Latest.Configuration.Servers.Where(s => s.Suffrage == Suffrage.Voter).Select(s => s.Id)];
        voters.SymmetricExceptWith(next.Servers.Where(s => s.Suffrage == Suffrage.Voter).Select(s => s.Id));
        if (voters.Count > 1) throw new InvariantException($"{server.Id} changes {voters.Count} voters at once");
    }

    private void CheckReply(SimServer server, SimCall call, RaftResponse response)
    {
        switch (response)
        {
            case VoteResponse { Granted: true }:
                CheckTerm(server, response.Term);
                VoteRequest vote = (VoteRequest)call.Request;
                CheckVote(server, vote.Term, vote.Candidate);
                break;
            case AppendResponse { Success: true }:
                CheckTerm(server, response.Term);
                AppendRequest append = (AppendRequest)call.Request;
                if (!append.Heartbeat) CheckStored(server, append, call.Delivered as AppendRequest);
                break;
            case SnapshotResponse { Success: true }:
                CheckTerm(server, response.Term);
                break;
        }
    }

    /// <summary>Who is told to stand for election has everything that the leader has, and may win.</summary>
    private void CheckHandOver(SimServer server, string targetId)
    {
        if (!server.Core.Latest.Configuration.IsVoter(targetId)) throw new InvariantException($"{server.Id} hands over to {targetId}, not a voter");
        ulong term = server.Core.LastTerm;
        if (!cluster.Find(targetId)!.Disk.HeldOnce(server.Core.LastIndex, term))
        {
            throw new InvariantException($"{server.Id} hands over to {targetId}, which lacks entry {server.Core.LastIndex} of term {term}");
        }
    }

    private static void CheckStored(SimServer server, AppendRequest request, AppendRequest? delivered)
    {
        ulong term = delivered?.Entries is { Count: > 0 } entries ? entries[^1].Term : request.PrevTerm;
        if (request.LastIndex == 0 || request.LastIndex <= server.Core.CommitIndex || server.Disk.HeldOnce(request.LastIndex, term)) return;
        throw new InvariantException($"{server.Id} says that it stored entry {request.LastIndex} of term {term}, which never was on its disk");
    }

    /// <summary>A server votes for one candidate per term, also across crashes, and only once that is on its disk.</summary>
    private void CheckVote(SimServer server, ulong term, string candidate)
    {
        HardState durable = server.Disk.HardState;
        if (durable.Term == term && (durable.VoteTerm != term || durable.VotedFor != candidate))
        {
            throw new InvariantException($"{server.Id} votes for {candidate} in term {term}, on its disk is {durable}");
        }

        if (!_votes.TryAdd((server.Id, term), candidate) && _votes[(server.Id, term)] != candidate)
        {
            throw new InvariantException($"{server.Id} votes for {candidate} and {_votes[(server.Id, term)]} in term {term}");
        }
    }

    /// <summary>Nobody promises anything in a term that a crash could make it forget; a refusal promises nothing.</summary>
    private static void CheckTerm(SimServer server, ulong term)
    {
        if (server.Disk.HardState.Term < term)
        {
            throw new InvariantException($"{server.Id} speaks in term {term}, on its disk is {server.Disk.HardState.Term}");
        }
    }
}
