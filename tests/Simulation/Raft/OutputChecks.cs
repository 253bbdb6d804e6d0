using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>Checks what a core lets out, at the moment it does.</summary>
internal sealed class OutputChecks(Invariants invariants, bool loneServer)
{
    private readonly Dictionary<string, List<LogEntry>> _recent = [];

    public void OnOutput(SimServer server, RaftOutput output)
    {
        ulong prevTerm = 0;
        ulong prevIndex = 0;
        foreach (LogEntry entry in output.Entries)
        {
            // The entry may be replaced within the same output; what is before it then is not what it was appended to.
            if (prevIndex + 1 != entry.Index && !server.Core.TryTermAt(entry.Index - 1, out prevTerm)) prevTerm = 0;
            if (entry.Index == 1) prevTerm = 0;
            invariants.OnAppend(server, entry, prevTerm);
            prevTerm = entry.Term;
            prevIndex = entry.Index;
            if (loneServer) Recent(server).Add(entry);
        }

        foreach (PeerReply reply in output.Replies)
        {
            if (reply.Response is VoteResponse { Granted: true } vote)
            {
                CheckDurable(server, vote.Term);
                invariants.OnVote(server.Id, vote.Term, ((VoteRequest)((SimCall)reply.Token).Request).Candidate);
            }
            else if (reply.Response is AppendResponse { Success: true } append)
            {
                CheckDurable(server, append.Term);
            }
        }

        foreach (PeerRequest request in output.Requests)
        {
            // A question about a candidacy speaks of a term that may never be.
            if (request.Request is not PreVoteRequest) CheckDurable(server, request.Request.Term);
            if (request.Request is VoteRequest vote) invariants.OnVote(server.Id, vote.Term, vote.Candidate);
        }
    }

    /// <summary>Entries that a lone server lost may come again with other content.</summary>
    public void OnWriteFailed(SimServer server)
    {
        if (!loneServer) return;
        List<LogEntry> recent = Recent(server);
        foreach (LogEntry entry in recent.Where(e => e.Index > server.Core.DurableIndex)) invariants.Forget(entry);
        recent.RemoveAll(e => e.Index <= server.Core.DurableIndex);
    }

    /// <summary>Nobody speaks in a term that a crash could make it forget.</summary>
    private static void CheckDurable(SimServer server, ulong term)
    {
        if (server.Disk.HardState.Term < term)
        {
            throw new InvariantException($"{server.Id} speaks in term {term}, on its disk is {server.Disk.HardState.Term}");
        }
    }

    private List<LogEntry> Recent(SimServer server)
    {
        if (!_recent.TryGetValue(server.Id, out List<LogEntry>? recent)) _recent[server.Id] = recent = [];
        return recent;
    }
}
