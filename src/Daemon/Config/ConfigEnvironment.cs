using System.Net.Sockets;
using Consul.Fast.Daemon.Config.Templates;

namespace Consul.Fast.Daemon.Config;

/// <summary>What the configuration reads from the host; tests give their own.</summary>
/// <param name="Variables">Environment variables; those that do not configure an agent may be missing.</param>
internal sealed record ConfigEnvironment(
    IReadOnlyDictionary<string, string> Variables, INetworkInterfaces Interfaces, Func<string> HostName)
{
    /// <summary>This host, with the given variables.</summary>
    public static ConfigEnvironment ForHost(IReadOnlyDictionary<string, string> variables) =>
        new(variables, new HostNetworkInterfaces(), ReadHostName);

    /// <summary>This host without any variable.</summary>
    public static ConfigEnvironment ForHost() => ForHost(new Dictionary<string, string>());

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
