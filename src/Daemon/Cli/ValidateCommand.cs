using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Sources;

namespace Consul.Fast.Daemon.Cli;

/// <summary>Checks configuration files as an agent would, without starting one.</summary>
internal sealed class ValidateCommand : FlagCommand
{
    private readonly Flag<string> _format;
    private readonly Flag<bool> _quiet;

    public ValidateCommand()
    {
        _format = Flags.String(
            "config-format", "Config files are in this format irrespective of their extension. Must be 'hcl' or 'json'.");
        _quiet = Flags.Bool("quiet", "When given, a successful run will produce no output.");
    }

    public override string Name => "validate";

    public override string Synopsis => "Validate config files/directories";

    protected override string Usage =>
        "Usage: consul validate [options] FILE_OR_DIRECTORY...\n\n"
        + "  Performs a thorough sanity test on Consul configuration files. For each file\n  or directory given, the validate command will "
        + "attempt to parse the contents\n  just as the \"consul agent\" command would, and catch any errors.\n\n"
        + "  This is useful to do a test of the configuration only, without actually\n  starting the agent.\n\n"
        + "  Returns 0 if the configuration is valid, or 1 if there are problems.";

    protected override Task<int> ExecuteAsync(string[] arguments, CommandContext context) => Task.FromResult(Execute(arguments, context));

    private int Execute(string[] arguments, CommandContext context)
    {
        if (arguments.Length == 0) return context.Fail("Must specify at least one config file or directory");
        if (_format.Value is not ("" or "hcl" or "json")) return context.Fail("-config-format must be either 'hcl' or 'json");
        try
        {
            // Variables configure an agent; what is checked here is what the files say.
            ConfigEnvironment environment = ConfigEnvironment.ForHost();
            LoadedConfig loaded = ConfigLoader.Load(
                new ConfigInput(new ConfigObject(), arguments, _format.Value, [], Dev: null), environment);
            if (_quiet.Value) return ExitCode.Success;
            foreach (string warning in loaded.Warnings) context.Error.WriteLine(warning);
            context.Out.WriteLine("Configuration is valid!");
            return ExitCode.Success;
        }
        catch (ConfigException e)
        {
            return context.Fail($"Config validation failed: {e.Message}");
        }
    }
}
