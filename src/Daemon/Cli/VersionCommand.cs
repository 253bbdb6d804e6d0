using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Cli;

/// <summary>Prints the API level, in Consul's words.</summary>
internal sealed class VersionCommand : FlagCommand
{
    private readonly Flag<string> _format;

    public VersionCommand() => _format = Flags.String("format", "Output format {pretty|json}", "pretty");

    public override string Name => "version";

    public override string Synopsis => "Prints the Consul version";

    protected override string Usage => "Usage: consul version [options]";

    protected override Task<int> ExecuteAsync(string[] arguments, CommandContext context) => Task.FromResult(Execute(context));

    private int Execute(CommandContext context)
    {
        switch (_format.Value)
        {
            case "pretty":
                context.Out.WriteLine($"Consul v{ConsulVersion.ApiLevel}");
                context.Out.WriteLine(
                    "Protocol 2 spoken by default, understands 2 to 3 (agent will automatically use protocol >2 when speaking to "
                    + "compatible agents)");
                context.Out.WriteLine();
                return ExitCode.Success;
            case "json":
                context.Out.WriteLine($$"""
                    {
                       "Version": "{{ConsulVersion.ApiLevel}}",
                       "Revision": "",
                       "Prerelease": "",
                       "RPC": {
                          "Default": 2,
                          "Min": 2,
                          "Max": 3
                       }
                    }
                    """);
                return ExitCode.Success;
            default:
                return context.Fail($"Unknown format: {_format.Value}");
        }
    }
}
