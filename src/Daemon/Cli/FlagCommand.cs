using Consul.Fast.Daemon.Cli.Flags;

namespace Consul.Fast.Daemon.Cli;

/// <summary>A command with flags: parses them, reports a wrong one the way users know, then runs.</summary>
internal abstract class FlagCommand : ICommand
{
    public abstract string Name { get; }

    public abstract string Synopsis { get; }

    public string Help => HelpText.ForCommand(Usage, Flags);

    /// <summary>The head of the help: the <c>Usage:</c> line, a blank line, an indented text.</summary>
    protected abstract string Usage { get; }

    protected FlagSet Flags { get; } = new();

    public async Task<int> RunAsync(string[] args, CommandContext context)
    {
        if (Flags.TryParse(args, out string error)) return await ExecuteAsync(Flags.Arguments, context);
        context.Error.WriteLine(error);
        Flags.WriteUsage(context.Error);
        if (FlagErrorNote(error) is { } note) context.Error.WriteLine(note);
        return ExitCode.Error;
    }

    /// <summary>Runs with parsed flags; <paramref name="arguments"/> are the positionals.</summary>
    protected abstract Task<int> ExecuteAsync(string[] arguments, CommandContext context);

    /// <summary>A further line after the report of a wrong flag, or null.</summary>
    protected virtual string? FlagErrorNote(string error) => null;

    /// <summary>A message, a blank line and the help, on standard error.</summary>
    protected int FailWithHelp(CommandContext context, string message)
    {
        context.Error.WriteLine(message);
        context.Error.WriteLine();
        context.Error.WriteLine(Help);
        return ExitCode.Error;
    }
}
