namespace Consul.Fast.Storage.Records;

/// <summary>Kinds of services that have a part in the mesh. An ordinary service has none.</summary>
public static class ServiceKinds
{
    public const string ConnectProxy = "connect-proxy";
    public const string MeshGateway = "mesh-gateway";
    public const string TerminatingGateway = "terminating-gateway";
    public const string IngressGateway = "ingress-gateway";
}
