using System.Text;
using Consul.Fast.Daemon.Cli;

namespace Consul.Fast.Daemon.Tests.Cli;

/// <summary>One call of the command line inside the test process.</summary>
internal sealed record CliRun(int Exit, string Out, string Error)
{
    public static Task<CliRun> Of(params string[] args) => Of(args, []);

    public static async Task<CliRun> Of(string[] args, Dictionary<string, string> environment, byte[]? input = null)
    {
        using var output = new MemoryStream();
        using var writer = new StreamWriter(output, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var standardInput = new MemoryStream(input ?? []);
        var context = new CommandContext
        {
            Out = writer,
            RawOut = output,
            Error = error,
            In = standardInput,
            Environment = environment.GetValueOrDefault,
            VariableNames = () => environment.Keys,
        };
        int exit = await new CommandDispatcher(CommandList.All()).RunAsync(args, context);
        return new CliRun(exit, Encoding.Latin1.GetString(output.ToArray()), error.ToString());
    }
}
