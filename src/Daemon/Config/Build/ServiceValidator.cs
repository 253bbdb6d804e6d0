using Consul.Fast.Daemon.Config.Definitions;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>The rules of service definitions that span several fields.</summary>
internal static class ServiceValidator
{
    /// <exception cref="ConfigException">A definition breaks a rule.</exception>
    public static void Check(IEnumerable<ServiceDefinition> services)
    {
        foreach (ServiceDefinition service in services)
        {
            List<string> faults = Faults(service);
            if (faults.Count > 0) throw new ConfigException($"service \"{service.Name}\": {ErrorList.Format(faults)}");
        }
    }

    private static List<string> Faults(ServiceDefinition service)
    {
        var faults = new List<string>();
        bool addressed = service.Port != 0 || service.SocketPath.Length > 0;
        if (service.Kind == "connect-proxy")
        {
            if (string.IsNullOrWhiteSpace(service.Proxy?.DestinationServiceName))
            {
                faults.Add("Proxy.DestinationServiceName must be non-empty for Connect proxy services");
            }

            if (!addressed) faults.Add("Port or SocketPath must be set for a Connect proxy");
            if (service.Connect is { Native: true }) faults.Add("A Proxy cannot also be Connect Native, only typical services");
        }
        else if (service.Kind.EndsWith("-gateway", StringComparison.Ordinal) && service.Port == 0 && service.Kind != "ingress-gateway")
        {
            faults.Add($"Port must be non-zero for a {service.Kind}");
        }

        if (service.Connect?.SidecarService is { } sidecar)
        {
            if (sidecar.Id.Length > 0) faults.Add("A SidecarService cannot specify an ID as this is managed by the agent");
            if (sidecar.Connect?.SidecarService is not null) faults.Add("A SidecarService cannot have a nested SidecarService");
        }

        return faults;
    }
}
