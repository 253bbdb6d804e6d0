using System.Text;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>What the agent prints before its log.</summary>
internal static class Banner
{
    private const int LabelWidth = 18;

    public static string Format(AgentConfig config)
    {
        string client = string.Join(' ', config.Addresses.Client.Select(static address => address.EndPoint!.Address));
        var text = new StringBuilder("==> Starting Consul agent...\n");
        AppendLine(text, "Version", $"'{ConsulVersion.ApiLevel}'");
        AppendLine(text, "Node ID", $"'{config.Node.Id}'");
        AppendLine(text, "Node name", $"'{config.Node.Name}'");
        AppendLine(text, "Datacenter", $"'{config.Node.Datacenter}' (Segment: '{(config.Server.Enabled ? "<all>" : "")}')");
        AppendLine(text, "Server", $"{Text(config.Server.Enabled)} (Bootstrap: {Text(config.Server.Bootstrap)})");
        AppendLine(text, "Client Addr",
            $"[{client}] (HTTP: {config.Ports.Http}, HTTPS: {config.Ports.Https}, gRPC: {config.Ports.Grpc}, DNS: {config.Ports.Dns})");
        AppendLine(text, "Cluster Addr", $"{config.Addresses.AdvertiseLan} (LAN: {config.Ports.SerfLan}, WAN: {config.Ports.SerfWan})");
        bool incoming = config.Tls.VerifyIncoming || config.Tls.VerifyIncomingRpc;
        AppendLine(text, "Encrypt",
            $"Gossip: {Text(config.Gossip.EncryptKey.Length > 0)}, TLS-Outgoing: {Text(config.Tls.VerifyOutgoing)}, "
            + $"TLS-Incoming: {Text(incoming)}, Auto-Encrypt-TLS: false");
        return text.Append("\n==> Log data will now stream in as it occurs:\n\n").ToString();
    }

    private static void AppendLine(StringBuilder text, string label, string value) =>
        text.Append(label.PadLeft(LabelWidth)).Append(": ").Append(value).Append('\n');

    private static string Text(bool flag) => flag ? "true" : "false";
}
