using Consul.Fast.Daemon.Config;
using Consul.Fast.Gossip.Node;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <param name="Joined">Number of members that answered.</param>
/// <param name="Error">Why there was none, all failures in one text; null when the pool is joined.</param>
internal readonly record struct JoinOutcome(int Joined, string? Error)
{
    public static JoinOutcome Failed(string error) => new(0, error);
}

/// <summary>Joins a gossip pool through agents whose addresses users wrote, with the log lines operators know. Thread safe.</summary>
/// <param name="name"><c>LAN</c> or <c>WAN</c>, as in the log.</param>
/// <param name="memberLogger">Gets what became of the single addresses.</param>
internal sealed class PoolJoiner(string name, IGossipPool pool, JoinAddresses addresses, ILogger logger, ILogger memberLogger)
{
    private const string Left = "Serf can't Join after Leave or Shutdown";

    public string Name => name;

    /// <summary>Knocks at all addresses. One that answers is success.</summary>
    public async Task<JoinOutcome> JoinAsync(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        logger.Joining(name, texts);
        JoinOutcome outcome = await TryAsync(texts, cancellation).ConfigureAwait(false);
        if (outcome.Error is null) logger.Joined(name, outcome.Joined);
        else logger.JoinFailed(name, outcome.Joined, outcome.Error);
        return outcome;
    }

    private async Task<JoinOutcome> TryAsync(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        ResolvedJoin[] resolved = await addresses.ResolveAsync(texts, cancellation).ConfigureAwait(false);
        JoinReport report;
        try
        {
            JoinAddress[] all = [.. resolved.SelectMany(static one => one.Addresses)];
            report = await pool.JoinAsync(all).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return JoinOutcome.Failed(Left);
        }

        string[] failures = [.. Failures(resolved, report.Failures)];
        if (report.Joined > 0 || texts.Count == 0) return new JoinOutcome(report.Joined, null);
        // The pool as a whole refuses when it was left; then there is nothing to tell of the single addresses.
        bool wasLeft = report.Failures.Any(static failure => failure.Reason.Equals(Left, StringComparison.OrdinalIgnoreCase));
        return JoinOutcome.Failed(wasLeft || failures.Length == 0 ? Left : ErrorList.Format(failures));
    }

    /// <summary>All failures in the order of the texts; each goes to the log.</summary>
    private List<string> Failures(ResolvedJoin[] resolved, IReadOnlyList<JoinFailure> refused)
    {
        var failures = new List<string>();
        int next = 0;
        foreach (ResolvedJoin one in resolved)
        {
            if (one.Fault is not null)
            {
                memberLogger.JoinAddressUnresolved(one.Fault);
                failures.Add(one.Fault);
            }

            foreach (JoinAddress address in one.Addresses)
            {
                while (next < refused.Count && refused[next].Address.Equals(address.Address)) failures.Add(Note(refused[next++]));
            }
        }

        while (next < refused.Count) failures.Add(Note(refused[next++]));
        return failures;
    }

    private string Note(JoinFailure refused)
    {
        string failure = $"Failed to join {refused.Address}: {refused.Reason}";
        memberLogger.JoinAddressFailed(failure);
        return failure;
    }
}
