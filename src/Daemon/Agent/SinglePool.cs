using System.Net.Sockets;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Agent;

/// <summary>Joining and leaving while the agent is alone in its pool: it can join itself, and tells why it cannot join others.</summary>
internal static class SinglePool
{
    public static async Task<string?> JoinAsync(Member local, string address, CancellationToken cancellation)
    {
        if (!Dialer.TrySplit(address, out string host, out int port, out _))
        {
            host = address.Trim('[', ']');
            port = local.Port;
        }

        if (port == local.Port && host == local.Address.ToString()) return null;
        string shown = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        try
        {
            using Socket socket = await Dialer.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
            return Failed(shown, "this agent does not gossip with others yet");
        }
        catch (DialException fault)
        {
            return Failed(shown, fault.Message);
        }
    }

    public static string? ForceLeave(IMembership pool, string node) =>
        pool.Members.Any(member => member.Name == node) ? null : $"agent: No node found with name '{node}'";

    private static string Failed(string address, string reason) =>
        $"1 error occurred:\n\t* Failed to join {address}: {reason}\n\n";
}
