using System.Globalization;
using System.Net.Sockets;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Agent;

/// <summary>Joining and leaving while the agent is alone in its pool: it can join itself, and tells why it cannot join others.</summary>
internal static class SinglePool
{
    public static async Task<string?> JoinAsync(Member local, string address, CancellationToken cancellation)
    {
        int colon = address.LastIndexOf(':');
        bool hasPort = address.StartsWith('[')
            ? address.Contains("]:", StringComparison.Ordinal)
            : colon >= 0 && colon == address.IndexOf(':', StringComparison.Ordinal);
        string host = (hasPort ? address[..colon] : address).Trim('[', ']');
        ushort port = (ushort)local.Port;
        if (hasPort && !ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            return Failed("resolve", address, PortFault(address[(colon + 1)..]));
        if (port == local.Port && host == local.Address.ToString()) return null;
        if (host.Length == 0) return Failed("resolve", address, "lookup : no such host");
        try
        {
            await Dialer.ResolveAsync(host, cancellation).ConfigureAwait(false);
        }
        catch (DialException fault)
        {
            return Failed("resolve", address, fault.Message);
        }

        string shown = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        try
        {
            using Socket socket = await Dialer.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
            return Failed("join", shown, "this agent does not gossip with others yet");
        }
        catch (DialException fault)
        {
            return Failed("join", shown, fault.Message);
        }
    }

    public static string? ForceLeave(IMembership pool, string node) =>
        pool.Members.Any(member => member.Name == node) ? null : $"agent: No node found with name '{node}'";

    private static string PortFault(string port)
    {
        bool isNumber = port.Length > 0 && port.All(char.IsAsciiDigit);
        return $"strconv.ParseUint: parsing \"{port}\": {(isNumber ? "value out of range" : "invalid syntax")}";
    }

    private static string Failed(string what, string address, string reason) =>
        $"1 error occurred:\n\t* Failed to {what} {address}: {reason}\n\n";
}
