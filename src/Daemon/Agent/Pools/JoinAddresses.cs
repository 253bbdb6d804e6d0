using System.Net;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>What became of one text: addresses to knock at, or why there are none.</summary>
internal readonly record struct ResolvedJoin(string Text, IReadOnlyList<JoinAddress> Addresses, string? Fault);

/// <summary>Finds the host of a name. Throws <see cref="DialException"/>.</summary>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellation);

/// <summary>
/// Turns what users write to join a pool into addresses: an IP address or a host name, each with or without a port, and before
/// it perhaps the name of the expected member and a slash. All addresses of a host count. Thread safe.
/// </summary>
/// <param name="defaultPort">Port of the own pool; known once the pool has started.</param>
internal sealed class JoinAddresses(Func<int> defaultPort, HostLookup? lookup = null)
{
    private readonly HostLookup _lookup = lookup ?? Dialer.ResolveAsync;

    /// <summary>Resolves all texts at once; the results keep their order.</summary>
    public Task<ResolvedJoin[]> ResolveAsync(IReadOnlyList<string> texts, CancellationToken cancellation) =>
        Task.WhenAll(texts.Select(text => ResolveAsync(text, cancellation)));

    private async Task<ResolvedJoin> ResolveAsync(string text, CancellationToken cancellation)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash == 0) return Failed(text, "empty node name provided");
        string? node = slash < 0 ? null : text[..slash];
        if (HostPort.Split(text[(slash + 1)..], defaultPort(), out string host, out ushort port) is { } fault) return Failed(text, fault);
        if (HostPort.TryParseIp(host, out IPAddress address)) return Found(text, [address], port, node);
        if (host.Length == 0 || HostPort.IsLooseIp(host)) return Failed(text, $"lookup {host}: no such host");
        try
        {
            return Found(text, await _lookup(host, cancellation).ConfigureAwait(false), port, node);
        }
        catch (DialException unknown)
        {
            return Failed(text, unknown.Message);
        }
    }

    private static ResolvedJoin Found(string text, IPAddress[] addresses, ushort port, string? node) =>
        new(text, [.. addresses.Distinct().Select(address => new JoinAddress(new IPEndPoint(address, port), node))], null);

    private static ResolvedJoin Failed(string text, string fault) => new(text, [], $"Failed to resolve {text}: {fault}");
}
