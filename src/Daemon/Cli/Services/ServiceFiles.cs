using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Config.Sources;

namespace Consul.Fast.Daemon.Cli.Services;

/// <summary>The services defined in configuration files; everything else in them is checked and then ignored.</summary>
internal static class ServiceFiles
{
    /// <summary>Loads files and directories with the defaults of dev mode, so that they need name no data directory.</summary>
    /// <exception cref="ConfigException">A file cannot be used.</exception>
    public static IReadOnlyList<ServiceDefinition> Load(IReadOnlyList<string> paths, CommandContext context)
    {
        ConfigEnvironment environment = ConfigEnvironment.ForHost();
        LoadedConfig loaded = ConfigLoader.Load(new ConfigInput(new ConfigObject(), paths, Format: null, [], Dev: true), environment);
        foreach (string warning in loaded.Warnings) context.Error.WriteLine(warning);
        return loaded.Config.ServiceDefinitions;
    }
}
