using System.Diagnostics;
using System.Net;

namespace Consul.Fast.Interop.Tests;

/// <summary>
/// A network of this machine's own: a bridge whose side in this process is home to our nodes, and an island, a network
/// namespace on a cable that can be pulled. Only the superuser can make one. Names and addresses carry the process id.
/// </summary>
internal sealed class NetworkLab : IDisposable
{
    private readonly string _bridge;
    private readonly string _subnet;
    private readonly List<string> _islands = [];

    private NetworkLab()
    {
        int id = Environment.ProcessId;
        _bridge = $"cf{id % 100_000}";
        _subnet = $"10.213.{id % 256}";
    }

    /// <param name="homes">Addresses of this process: 1, 2, and so on.</param>
    /// <exception cref="InvalidOperationException">There is no superuser here, or no ip command, or the kernel refuses.</exception>
    public static NetworkLab Create(int homes)
    {
        if (Environment.UserName != "root")
        {
            throw new InvalidOperationException(
                "NETWORK NAMESPACES NEED ROOT: partitions between serf agents and our nodes were NOT tested. Run this test as root.");
        }

        var lab = new NetworkLab();
        try
        {
            Ip("link", "add", lab._bridge, "type", "bridge");
            for (int home = 1; home <= homes; home++) Ip("addr", "add", $"{lab.Address(home)}/24", "dev", lab._bridge);
            Ip("link", "set", lab._bridge, "up");
            return lab;
        }
        catch
        {
            lab.Dispose();
            throw;
        }
    }

    public IPAddress Address(int host) => IPAddress.Parse($"{_subnet}.{host}");

    /// <summary>Makes an island with these addresses.</summary>
    /// <returns>Name of its network namespace.</returns>
    public string AddIsland(int firstHost, int hosts)
    {
        string island = $"{_bridge}x{_islands.Count}";
        Ip("netns", "add", island);
        _islands.Add(island);
        Ip("link", "add", Cable(island), "type", "veth", "peer", "name", "eth0", "netns", island);
        Ip("link", "set", Cable(island), "master", _bridge, "up");
        for (int host = firstHost; host < firstHost + hosts; host++) Ip("-n", island, "addr", "add", $"{Address(host)}/24", "dev", "eth0");
        Ip("-n", island, "link", "set", "eth0", "up");
        Ip("-n", island, "link", "set", "lo", "up");
        return island;
    }

    public static void Cut(string island) => Ip("link", "set", Cable(island), "down");

    public static void Heal(string island) => Ip("link", "set", Cable(island), "up");

    public void Dispose()
    {
        // The cable goes with the namespace.
        foreach (string island in _islands) TryIp(out _, "netns", "del", island);
        TryIp(out _, "link", "del", _bridge);
    }

    private static string Cable(string island) => $"{island}c";

    private static void Ip(params string[] words)
    {
        if (!TryIp(out string error, words)) throw new InvalidOperationException($"ip {string.Join(' ', words)}: {error}");
    }

    private static bool TryIp(out string error, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", words) { RedirectStandardError = true })!;
        error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
