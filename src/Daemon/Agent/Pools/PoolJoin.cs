using System.Globalization;
using System.Net;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Joins a pool through an address as users write it.</summary>
internal static class PoolJoin
{
    /// <summary>Joins; null, or why nobody was joined, in the words of memberlist.</summary>
    /// <param name="address">Host name or IP address, with a port unless it is the pool's own.</param>
    public static async Task<string?> RunAsync(IGossipPool pool, string address, CancellationToken cancellation)
    {
        int colon = address.LastIndexOf(':');
        bool hasPort = address.StartsWith('[')
            ? address.Contains("]:", StringComparison.Ordinal)
            : colon >= 0 && colon == address.IndexOf(':', StringComparison.Ordinal);
        string host = (hasPort ? address[..colon] : address).Trim('[', ']');
        ushort port = (ushort)pool.Local.Port;
        if (hasPort && !ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            return Failed([$"Failed to resolve {address}: {PortFault(address[(colon + 1)..])}"]);
        if (host.Length == 0) return Failed([$"Failed to resolve {address}: lookup : no such host"]);
        IPAddress[] found;
        try
        {
            found = await Dialer.ResolveAsync(host, cancellation).ConfigureAwait(false);
        }
        catch (DialException fault)
        {
            return Failed([$"Failed to resolve {address}: {fault.Message}"]);
        }

        JoinReport report = await pool.JoinAsync([.. found.Select(ip => new JoinAddress(new IPEndPoint(ip, port)))]);
        return report.Joined > 0 ? null : Failed([.. report.Failures.Select(Text)]);
    }

    private static string Text(JoinFailure failure) => $"Failed to join {failure.Address}: {failure.Reason}";

    private static string PortFault(string port)
    {
        bool isNumber = port.Length > 0 && port.All(char.IsAsciiDigit);
        return $"strconv.ParseUint: parsing \"{port}\": {(isNumber ? "value out of range" : "invalid syntax")}";
    }

    private static string Failed(string[] reasons)
    {
        string head = reasons.Length == 1 ? "1 error occurred:" : $"{reasons.Length} errors occurred:";
        return $"{head}\n{string.Concat(reasons.Select(static reason => $"\t* {reason}\n"))}\n";
    }
}
