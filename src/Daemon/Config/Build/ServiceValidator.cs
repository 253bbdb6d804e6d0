using Consul.Fast.Daemon.Agent;
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
            List<string> faults = ServiceKindRules.Faults(ServiceRegistration.ToJudge(service));
            if (faults.Count > 0) throw new ConfigException($"service \"{service.Name}\": {ErrorList.Format(faults)}");
        }
    }
}
