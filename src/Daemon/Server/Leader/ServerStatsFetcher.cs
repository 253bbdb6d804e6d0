using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>Asks one server how far it has come; ends soon after the cancellation.</summary>
internal delegate ValueTask<RpcResult<RaftStats>> ServerStatsCall(ServerTags server, CancellationToken cancellation);

/// <summary>Asks servers how far they have come, all at once, so that what they tell is of about the same moment.</summary>
internal sealed class ServerStatsFetcher(ServerStatsCall call, TimeProvider time, ILogger logger)
{
    private const string TooLate = "context deadline exceeded";

    /// <summary>What the servers tell, by id; those that do not answer within the limit are absent and named in the log.</summary>
    public async Task<Dictionary<string, ServerProgress>> FetchAsync(
        IReadOnlyList<ServerTags> servers, TimeSpan limit, CancellationToken cancellation)
    {
        Dictionary<string, ServerProgress> told = new(StringComparer.Ordinal);
        if (servers.Count == 0) return told;
        using var timer = new CancellationTokenSource(limit, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        ServerProgress?[] answers = await Task.WhenAll(servers.Select(server => AskAsync(server, deadline.Token)));
        for (int i = 0; i < answers.Length; i++)
        {
            if (answers[i] is { } stats) told[servers[i].Id] = stats;
        }

        return told;
    }

    private async Task<ServerProgress?> AskAsync(ServerTags server, CancellationToken deadline)
    {
        RpcResult<RaftStats> answer = await call(server, deadline);
        if (answer.Error is not { } error)
        {
            // A server that never heard of a leader says so in a word; as in Consul that counts as no time at all.
            bool hasHeard = GoDuration.TryParse(answer.Value.LastContact, out long contactNs, out _);
            return new ServerProgress(hasHeard ? contactNs : 0, answer.Value.LastTerm, answer.Value.LastIndex);
        }

        AutopilotLog.ServerSilent(logger, server.ShortName, deadline.IsCancellationRequested ? TooLate : error);
        return null;
    }
}
