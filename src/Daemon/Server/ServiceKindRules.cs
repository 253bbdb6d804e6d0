using System.Text;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server;

/// <summary>What the mesh kinds of services demand beyond what every service must have.</summary>
internal static class ServiceKindRules
{
    public const string ConnectProxy = "connect-proxy";
    public const string MeshGateway = "mesh-gateway";
    public const string TerminatingGateway = "terminating-gateway";
    public const string IngressGateway = "ingress-gateway";

    /// <summary>All faults of a service as one text, or null.</summary>
    public static string? Check(NodeService service)
    {
        List<string>? faults = null;
        if (service.Kind == ConnectProxy)
        {
            if (string.IsNullOrWhiteSpace(service.Proxy.DestinationServiceName))
                Add("Proxy.DestinationServiceName must be non-empty for Connect proxy services");
            if (service.Port == 0 && service.SocketPath.Length == 0) Add("Port or SocketPath must be set for a Connect proxy");
            if (service.Connect.Native) Add("A Proxy cannot also be Connect Native, only typical services");
        }
        else if (service.Kind is MeshGateway or TerminatingGateway or IngressGateway)
        {
            if (service.Port == 0 && service.Kind == MeshGateway) Add($"Port must be non-zero for a {service.Kind}");
            if (service.Connect.Native) Add($"A {service.Kind} cannot also be Connect Native");
        }

        return faults is null ? null : Text(faults);

        void Add(string fault) => (faults ??= []).Add(fault);
    }

    private static string Text(List<string> faults)
    {
        var text = new StringBuilder(faults.Count == 1 ? "1 error occurred:\n" : $"{faults.Count} errors occurred:\n");
        foreach (string fault in faults) text.Append("\t* ").Append(fault).Append('\n');
        return text.Append('\n').ToString();
    }
}
