using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Config.Sources;
using Consul.Fast.Daemon.Config.Templates;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Builds the runtime configuration from the merged sources: defaults, derived values, validation.</summary>
internal sealed class ConfigBuilder
{
    private readonly ConfigReader _reader;
    private readonly ConfigEnvironment _environment;
    private readonly bool _devMode;

    public ConfigBuilder(ConfigObject merged, bool devMode, ConfigEnvironment environment)
    {
        _reader = new ConfigReader(merged, new AddressTemplate(environment.Interfaces));
        _environment = environment;
        _devMode = devMode;
    }

    public IReadOnlyList<string> Warnings => _reader.Warnings;

    /// <exception cref="ConfigException">The first fault found, or all faults of values together.</exception>
    public AgentConfig Build()
    {
        var addressBuilder = new AddressBuilder(_reader, _environment.Interfaces, _devMode);
        PortConfig ports = addressBuilder.BuildPorts();
        AddressConfig addresses = addressBuilder.Build(ports);
        var definitions = new DefinitionReader(_reader);
        var sections = new SectionBuilder(_reader, _environment, _devMode);
        var config = new AgentConfig
        {
            Ports = ports,
            Addresses = addresses,
            Node = sections.Node(),
            Server = sections.Server(),
            Raft = sections.Raft(),
            Autopilot = sections.Autopilot(),
            Checks = sections.Checks(),
            Gossip = sections.Gossip(),
            Join = sections.Join(),
            Tls = sections.Tls(),
            Acl = new AclBuilder(_reader).Build(),
            Logging = sections.Logging(),
            Dns = InterfaceSections.Dns(_reader),
            Http = InterfaceSections.Http(_reader),
            Limits = InterfaceSections.Limits(_reader),
            Telemetry = InterfaceSections.Telemetry(_reader),
            Ui = InterfaceSections.Ui(_reader, _devMode),
            ServiceDefinitions = [.. _reader.List("services").Cast<ConfigObject>().Select(definitions.Service)],
            CheckDefinitions = [.. _reader.List("checks").Cast<ConfigObject>().Select(definitions.Check)],
            Watches = [.. _reader.List("watches").Cast<ConfigObject>().Select(BlockReader.ToFreeMap)],
        };
        ConfigValidator.Check(config, _reader);
        if (_reader.Errors.Count > 0) throw new ConfigException(ErrorList.Format(_reader.Errors));
        ServiceValidator.Check(config.ServiceDefinitions);
        ConfigValidator.CheckRoles(config, _reader);
        ConfigWarnings.Add(config, _reader);
        return WithBootstrap(config);
    }

    /// <summary>A single expected server is the same as bootstrap mode.</summary>
    private static AgentConfig WithBootstrap(AgentConfig config) => config.Server.BootstrapExpect != 1 ? config
        : config with { Server = config.Server with { Bootstrap = true, BootstrapExpect = 0 } };
}
