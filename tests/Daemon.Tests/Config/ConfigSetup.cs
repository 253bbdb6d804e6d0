using System.Net;
using System.Text;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Sources;
using Consul.Fast.Daemon.Config.Templates;

namespace Consul.Fast.Daemon.Tests.Config;

/// <summary>Loads configurations on a made-up host.</summary>
internal sealed class ConfigSetup : INetworkInterfaces
{
    public static readonly InterfaceAddress Loopback =
        new("lo", IPAddress.Loopback, 8, InterfaceFlags.Up | InterfaceFlags.Loopback, IsDefault: false);

    public List<InterfaceAddress> Interfaces { get; } = [Loopback, Address("eth0", "10.1.2.3", 24, isDefault: true)];

    public Dictionary<string, string> Variables { get; } = [];

    public List<string> Files { get; } = [];

    public static InterfaceAddress Address(string name, string address, int prefix, bool isDefault = false) =>
        new(name, IPAddress.Parse(address), prefix, InterfaceFlags.Up | InterfaceFlags.Broadcast | InterfaceFlags.Multicast, isDefault);

    public IReadOnlyList<InterfaceAddress> List() => Interfaces;

    /// <summary>Loads with the given flags; <c>-hcl</c> serves for what would stand in files.</summary>
    public LoadedConfig Load(params string[] flags)
    {
        var set = new FlagSet();
        var agentFlags = new AgentFlags(set);
        Assert.True(set.TryParse(flags, out string error), error);
        var environment = new ConfigEnvironment(Variables, this, static () => "host");
        return ConfigLoader.Load(
            new ConfigInput(
                agentFlags.ToSource(), [.. Files, .. agentFlags.ConfigFiles], agentFlags.Format, agentFlags.Hcl, agentFlags.Dev),
            environment);
    }

    /// <summary>A small valid server and the given fragments.</summary>
    public static LoadedConfig Server(params string[] hcl) =>
        new ConfigSetup().Load([.. ServerFlags, .. hcl.Select(static text => $"-hcl={text}")]);

    public static readonly string[] ServerFlags = ["-server", "-data-dir=/tmp/consul-fast-none", "-bind=127.0.0.1"];

    /// <summary>The text of the refusal.</summary>
    public static string Refusal(params string[] hcl) => Assert.Throws<ConfigException>(() => Server(hcl)).Message;

    public static ConfigObject Parse(string text, bool json = false) => FileSource.Parse(Encoding.UTF8.GetBytes(text), json, "source");

    public static string ParseRefusal(string text, bool json = false) => Assert.Throws<ConfigException>(() => Parse(text, json)).Message;
}
