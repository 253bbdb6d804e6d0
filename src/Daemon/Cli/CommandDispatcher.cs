namespace Consul.Fast.Daemon.Cli;

/// <summary>
/// Finds the command that the first words select (the longest name wins) and runs it; answers help and version flags,
/// unknown commands and flags in front of the command.
/// </summary>
internal sealed class CommandDispatcher
{
    private readonly Dictionary<string, ICommand> _commands = new(StringComparer.Ordinal);

    public CommandDispatcher(IEnumerable<ICommand> commands)
    {
        foreach (ICommand command in commands) _commands.Add(command.Name, command);
    }

    /// <summary>Runs <paramref name="args"/> of the process and gives its exit code. Whatever happens is a message and a code.</summary>
    public async Task<int> RunAsync(string[] args, CommandContext context)
    {
        try
        {
            return await DispatchAsync(args, context);
        }
        catch (Exception fault)
        {
            // A bug, or an output that is closed: scripts get an exit code, and no dump of the process is written.
            return Fail(context, fault);
        }
    }

    private static int Fail(CommandContext context, Exception fault)
    {
        try
        {
            return context.Fail($"Error: {fault.Message}");
        }
        catch (IOException)
        {
            // Nobody reads the message either.
            return ExitCode.Error;
        }
    }

    private async Task<int> DispatchAsync(string[] args, CommandContext context)
    {
        Invocation call = Invocation.Read(args, _commands.ContainsKey);
        if (call.Version) return await _commands["version"].RunAsync([], context);
        if (call.Help && call.Command is null)
        {
            await context.Out.WriteLineAsync(ProgramHelp());
            return ExitCode.Success;
        }

        if (call.Command is null || !_commands.TryGetValue(call.Command, out ICommand? command))
        {
            await context.Error.WriteLineAsync(ProgramHelp());
            return ExitCode.UnknownCommand;
        }

        if (call.Help)
        {
            await context.Out.WriteLineAsync(command.Help);
            return ExitCode.Success;
        }

        if (!call.FlagsBefore) return await command.RunAsync(call.Arguments, context);
        await context.Error.WriteLineAsync(
            "Invalid flags before the subcommand. If these flags are for\nthe subcommand, please put them after the subcommand.\n");
        await context.Error.WriteLineAsync(command.Help);
        return ExitCode.Error;
    }

    private string ProgramHelp() => HelpText.ForProgram(
        _commands.Values.Where(static command => !command.Name.Contains(' ', StringComparison.Ordinal))
            .Select(static command => (command.Name, command.Synopsis)));
}
