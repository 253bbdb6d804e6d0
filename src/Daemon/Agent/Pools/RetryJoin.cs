using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <param name="Name"><c>LAN</c> or <c>WAN</c>.</param>
/// <param name="Addresses">As users write them; templates are evaluated already.</param>
/// <param name="MaxAttempts">Failures before the last one; 0 for no end.</param>
internal sealed record RetryJoinOptions(string Name, IReadOnlyList<string> Addresses, TimeSpan Interval, int MaxAttempts);

/// <summary>Joins one address or more, each as a user writes it.</summary>
internal delegate Task<JoinOutcome> JoinAttempt(IReadOnlyList<string> addresses, CancellationToken cancellation);

/// <summary>Tries to join a pool until it succeeds or was tried often enough.</summary>
internal sealed class RetryJoin(RetryJoinOptions options, JoinAttempt join, TimeProvider time, ILogger logger)
{
    private const string ProviderMark = "provider=";

    private static readonly HashSet<string> Providers = new(StringComparer.Ordinal)
    {
        "aliyun", "aws", "azure", "digitalocean", "gce", "k8s", "linode", "mdns", "os", "packet", "scaleway", "softlayer",
        "tencentcloud", "triton", "vsphere",
    };

    /// <returns>Null when the pool is joined or there is nothing to join, otherwise why the agent has to end.</returns>
    /// <exception cref="OperationCanceledException">The agent ends.</exception>
    public async Task<string?> RunAsync(CancellationToken cancellation)
    {
        if (options.Addresses.Count == 0) return null;
        logger.JoiningCluster(options.Name);
        for (int attempt = 1; ; attempt++)
        {
            string[] addresses = [.. Discover()];
            JoinOutcome outcome = addresses.Length > 0
                ? await join(addresses, cancellation).ConfigureAwait(false)
                : JoinOutcome.Failed("No servers to join");
            if (outcome.Error is null)
            {
                logger.JoinCompleted(options.Name, outcome.Joined);
                return null;
            }

            if (options.MaxAttempts > 0 && attempt > options.MaxAttempts) return $"agent: max join {options.Name} retry exhausted, exiting";
            logger.JoinWillBeRetried(options.Name, options.Interval, outcome.Error);
            TimeSpan wait = options.Interval > TimeSpan.Zero ? options.Interval : TimeSpan.Zero;
            await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The addresses; for an entry that only a provider could resolve, a line in the log.</summary>
    private IEnumerable<string> Discover()
    {
        foreach (string text in options.Addresses)
        {
            if (ProviderFault(text) is not { } fault) yield return text;
            else logger.CannotDiscover(options.Name, text, fault);
        }
    }

    private static string? ProviderFault(string text)
    {
        int start = text.IndexOf(ProviderMark, StringComparison.Ordinal);
        if (start < 0) return null;
        string provider = text[(start + ProviderMark.Length)..].Split((char[]?)null, 2)[0].Trim('"');
        if (provider.Length == 0) return "discover: no provider";
        return Providers.Contains(provider)
            ? $"discover: provider {provider} is not supported, write addresses or a DNS name instead"
            : $"discover: unknown provider {provider}";
    }
}
