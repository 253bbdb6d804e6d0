using System.Globalization;
using System.Net.NetworkInformation;

namespace Consul.Fast.Chaos.Tests.Lab;

/// <summary>
/// A bridge with a network namespace for each server. What a server gets from another one can be dropped on its way in, so
/// that the sender notices nothing; the test, at home on the bridge, reaches every server at all times. Not thread safe.
/// </summary>
internal sealed class LabNetwork : IDisposable
{
    public const string Prefix = "cfx";

    /// <summary>Rules are asked by number: the drops come first, then the table of the machine's own addresses.</summary>
    private const string DropPriority = "5";
    private const string LocalPriority = "10";

    private readonly string _bridge = Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    private readonly string _subnet = FreeSubnet();
    private readonly int _servers;
    private readonly HashSet<(int From, int To)> _dropped = [];

    private LabNetwork(int servers) => _servers = servers;

    public static LabNetwork Create(int servers)
    {
        var network = new LabNetwork(servers);
        try
        {
            Tool.Run("ip", "link", "add", network._bridge, "type", "bridge");
            Tool.Run("ip", "addr", "add", $"{network._subnet}.1/24", "dev", network._bridge);
            Tool.Run("ip", "link", "set", network._bridge, "up");
            for (int server = 0; server < servers; server++) network.AddNamespace(server);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    public string Address(int server) => string.Create(CultureInfo.InvariantCulture, $"{_subnet}.{server + 11}");

    public string Namespace(int server) => string.Create(CultureInfo.InvariantCulture, $"{_bridge}n{server}");

    /// <summary>From now on nothing that one server sends reaches another one.</summary>
    public void Drop(int from, int to)
    {
        if (from == to || !_dropped.Add((from, to))) return;
        Tool.Run("ip", "-n", Namespace(to), "rule", "add", "pref", DropPriority, "from", Address(from), "blackhole");
    }

    public void Deliver(int from, int to)
    {
        if (!_dropped.Remove((from, to))) return;
        Tool.Run("ip", "-n", Namespace(to), "rule", "del", "pref", DropPriority, "from", Address(from), "blackhole");
    }

    /// <summary>True when neither server hears the other or only one does.</summary>
    public bool IsCut(int one, int other) => _dropped.Contains((one, other)) || _dropped.Contains((other, one));

    public void HealAll()
    {
        foreach ((int from, int to) in _dropped.ToArray()) Deliver(from, to);
    }

    public void Dispose()
    {
        for (int server = 0; server < _servers; server++)
        {
            // It would go with the namespace, but at some later time.
            Tool.TryRun(out _, "ip", "link", "del", $"{Namespace(server)}c");
            Tool.TryRun(out _, "ip", "netns", "del", Namespace(server));
        }

        Tool.TryRun(out _, "ip", "link", "del", _bridge);
    }

    private void AddNamespace(int server)
    {
        string name = Namespace(server);
        string cable = $"{name}c";
        Tool.Run("ip", "netns", "add", name);
        Tool.Run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name);
        Tool.Run("ip", "link", "set", cable, "master", _bridge, "up");
        Tool.Run("ip", "-n", name, "addr", "add", $"{Address(server)}/24", "dev", "eth0");
        Tool.Run("ip", "-n", name, "link", "set", "eth0", "up");
        Tool.Run("ip", "-n", name, "link", "set", "lo", "up");
        Tool.Run("ip", "-n", name, "rule", "add", "pref", LocalPriority, "from", "all", "lookup", "local");
        Tool.Run("ip", "-n", name, "rule", "del", "pref", "0");
    }

    /// <summary>Of the process id, moved on where another run has it already.</summary>
    private static string FreeSubnet()
    {
        HashSet<string> taken =
        [
            .. NetworkInterface.GetAllNetworkInterfaces().SelectMany(each => each.GetIPProperties().UnicastAddresses)
                .Select(each => each.Address.ToString()),
        ];
        for (int attempt = 0; attempt < 256; attempt++)
        {
            string subnet = string.Create(CultureInfo.InvariantCulture, $"10.214.{(Environment.ProcessId + attempt) % 256}");
            if (!taken.Contains($"{subnet}.1")) return subnet;
        }

        throw new InvalidOperationException("No subnet of 10.214.0.0/16 is free.");
    }
}
