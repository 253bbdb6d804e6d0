using System.Text;
using Consul.Fast.Daemon.Config.Build;
using Consul.Fast.Daemon.Config.Schema;
using Consul.Fast.Daemon.Config.Sources;

namespace Consul.Fast.Daemon.Config;

/// <summary>Where configuration comes from, in the words of the command line; null means not given there.</summary>
/// <param name="Flags">Values of flags, not yet decoded.</param>
/// <param name="Files">Files and directories in order.</param>
internal sealed record ConfigInput(ConfigObject Flags, IReadOnlyList<string> Files, string? Format, IReadOnlyList<string> Hcl, bool? Dev);

/// <param name="Warnings">To be shown or logged; they change nothing.</param>
/// <param name="NotYetEffective">Keys that are set and belong to a part that is not built.</param>
internal sealed record LoadedConfig(AgentConfig Config, IReadOnlyList<string> Warnings, IReadOnlyList<string> NotYetEffective);

/// <summary>
/// Loads the configuration from all sources: flags beat the environment, the environment beats files; lists are joined.
/// </summary>
internal static class ConfigLoader
{
    /// <exception cref="ConfigException">The configuration cannot be used.</exception>
    public static LoadedConfig Load(ConfigInput input, ConfigEnvironment environment)
    {
        var warnings = new List<string>();
        var variables = new EnvironmentSource(environment.Variables);
        ConfigObject flags = SourceDecoder.Decode(input.Flags, "flags");
        ConfigObject variableValues = SourceDecoder.Decode(variables.Read(), "environment");
        // Not an error, as in a file: variables come from all around, and one that is no setting must not keep an agent down.
        warnings.AddRange(variables.Unknown().Select(static name => $"environment variable {name}: invalid config key"));
        bool devMode = input.Dev ?? variables.Dev() ?? false;
        string format = input.Format ?? variables.Format() ?? "";

        var merged = new ConfigObject();
        // Top-level lists come first, so that in a joined list the entries of flags stand before those of files.
        SourceMerger.Merge(merged, TopLevelLists(flags, wanted: true));
        SourceMerger.Merge(merged, TopLevelLists(variableValues, wanted: true));
        foreach (ConfigObject file in FileSource.Read([.. variables.ConfigFiles(), .. input.Files], format, warnings))
        {
            SourceMerger.Merge(merged, file);
        }

        SourceMerger.Merge(merged, TopLevelLists(variableValues, wanted: false));
        if (variables.Hcl() is { } fragment) SourceMerger.Merge(merged, Fragment(fragment, "environment.hcl"));
        SourceMerger.Merge(merged, TopLevelLists(flags, wanted: false));
        for (int i = 0; i < input.Hcl.Count; i++) SourceMerger.Merge(merged, Fragment(input.Hcl[i], $"flags-{i}.hcl"));

        var builder = new ConfigBuilder(merged, devMode, environment);
        AgentConfig config = builder.Build();
        warnings.AddRange(builder.Warnings);
        warnings.AddRange(KeyReport.Find(merged, KeyEffect.Enterprise).Select(Enterprise));
        return new LoadedConfig(config, warnings, KeyReport.Find(merged, KeyEffect.NotYet));
    }

    private static ConfigObject Fragment(string text, string source) => FileSource.Parse(Encoding.UTF8.GetBytes(text), json: false, source);

    private static string Enterprise(string key)
    {
        string name = key == "read_replica" ? "read_replica (or the deprecated non_voting_server)" : key;
        return $"\"{name}\" is a Consul Enterprise configuration and will have no effect";
    }

    private static ConfigObject TopLevelLists(ConfigObject source, bool wanted)
    {
        var result = new ConfigObject();
        foreach ((string name, object? value) in source.Pairs)
        {
            bool isList = SchemaNode.Root.Find(name)?.Key.Type == KeyType.StringList;
            if (isList == wanted) result[name] = value;
        }

        return result;
    }
}
