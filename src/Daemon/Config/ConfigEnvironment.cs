using System.Net.Sockets;
using Consul.Fast.Daemon.Config.Templates;

namespace Consul.Fast.Daemon.Config;

/// <summary>What the configuration reads from the host; tests give their own.</summary>
/// <param name="Variable">Looks an environment variable up; null when it is not set.</param>
internal sealed record ConfigEnvironment(Func<string, string?> Variable, INetworkInterfaces Interfaces, Func<string> HostName)
{
    /// <summary>This host, with the given variables.</summary>
    public static ConfigEnvironment ForHost(Func<string, string?> variable) => new(variable, new HostNetworkInterfaces(), ReadHostName);

    private static string ReadHostName()
    {
        try
        {
            return System.Net.Dns.GetHostName();
        }
        catch (SocketException e)
        {
            throw new ConfigException($"node_name: {e.Message}", e);
        }
    }
}
