using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Agent.Lifecycle;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Sources;
using Consul.Fast.Daemon.Telemetry.Logging;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Cli;

/// <summary>Runs an agent until it is told to end.</summary>
internal sealed class AgentCommand : ICommand
{
    private readonly AgentProcessFactory _factory;
    private readonly FlagSet _flagSet = new();
    private readonly AgentFlags _flags;

    public AgentCommand(AgentProcessFactory factory)
    {
        _factory = factory;
        _flags = new AgentFlags(_flagSet);
    }

    public string Name => "agent";

    public string Synopsis => "Runs a Consul agent";

    public string Help => HelpText.ForCommand(
        "Usage: consul agent [options]\n\n"
        + "  Starts the Consul agent and runs until an interrupt is received. The\n  agent represents a single node in a cluster.",
        _flagSet);

    public async Task<int> RunAsync(string[] args, CommandContext context)
    {
        if (!_flagSet.TryParse(args, out string error))
        {
            context.Error.WriteLine(error);
            _flagSet.WriteUsage(context.Error);
            return Refuse(context, $"error parsing flags: {error}");
        }

        if (_flagSet.Arguments.Length > 0) return Refuse(context, $"Unexpected extra arguments: [{string.Join(' ', _flagSet.Arguments)}]");
        ConfigEnvironment environment = ConfigEnvironment.ForHost(context.VariablesOf(EnvironmentSource.Prefix));
        try
        {
            LoadedConfig loaded = ConfigLoader.Load(Input(), environment);
            await using AgentLogging logging = AgentLogging.Create(loaded.Config.Logging, context.RawOut);
            return await RunAsync(loaded, logging, environment, context);
        }
        catch (ConfigException e)
        {
            return Refuse(context, e.Message);
        }
    }

    private async Task<int> RunAsync(LoadedConfig loaded, AgentLogging logging, ConfigEnvironment environment, CommandContext context)
    {
        // Before anything is printed: the framework's console settles for good what becomes of an interrupt.
        using var signals = new ProcessSignals();
        ILogger logger = logging.CreateLogger("agent");
        LogRemarks(loaded, logger);
        AgentConfig config = Prepare(loaded.Config);
        string hostName = environment.HostName();
        using var sinks = new MetricSinks(config.Telemetry, hostName);
        var metrics = new MetricsRegistry(config.Telemetry, hostName, TimeProvider.System, sinks.All);
        using var gauges = new RuntimeGauges(metrics);
        if (!config.Logging.Json) context.Out.Write(Banner.Format(config));
        logging.Start();
        var process = new AgentProcessContext(config, logging, metrics, () => Reread(config, environment, logger), TimeProvider.System);
        int exitCode = await RunAsync(process, signals, logger, context);
        logger.ExitCode(exitCode);
        return exitCode;
    }

    private async Task<int> RunAsync(AgentProcessContext process, ProcessSignals signals, ILogger logger, CommandContext context)
    {
        bool created = false;
        try
        {
            using var pidFile = new PidFile(process.Config.Node.PidFile, logger);
            await using IAgentProcess agent = _factory(process);
            created = true;
            return await new AgentRunner(agent, process, signals.Caught, context.Error).RunAsync(context.Cancellation);
        }
        catch (Exception e)
        {
            if (created) logger.RunBroken(e);
            else logger.StartFailed(e);
            return ExitCode.Error;
        }
    }

    private ConfigInput Input() => new(_flags.ToSource(), _flags.ConfigFiles, _flags.Format, _flags.Hcl, _flags.Dev);

    private static AgentConfig Prepare(AgentConfig config)
    {
        StartupChecks.Check(config);
        if (!config.Node.DevMode) DataDirectory.Prepare(config.Node.DataDir);
        return config with { Node = config.Node with { Id = NodeIdFile.Resolve(config.Node) } };
    }

    /// <summary>Reads everything again for a reload; the identity of the node stays.</summary>
    private AgentConfig Reread(AgentConfig running, ConfigEnvironment environment, ILogger logger)
    {
        LoadedConfig loaded = ConfigLoader.Load(Input(), environment);
        LogRemarks(loaded, logger);
        return loaded.Config with { Node = loaded.Config.Node with { Id = running.Node.Id } };
    }

    private static void LogRemarks(LoadedConfig loaded, ILogger logger)
    {
        foreach (string warning in loaded.Warnings) logger.ConfigWarning(warning);
        foreach (string key in loaded.NotYetEffective) logger.KeyNotYetEffective(key);
    }

    private static int Refuse(CommandContext context, string message) => context.Fail($"==> {message}");
}
