namespace Consul.Fast.Daemon.Cli;

/// <summary>A word that only gathers subcommands (<c>kv</c>, <c>operator raft</c>): called alone it prints its help and fails.</summary>
internal sealed class CommandGroup(string name, string synopsis, string description, Func<IReadOnlyList<ICommand>> commands) : ICommand
{
    public string Name => name;

    public string Synopsis => synopsis;

    public string Help => HelpText.ForGroup(
        $"Usage: consul {name} <subcommand> [options] [args]\n\n{description}",
        commands().Where(IsChild).Select(command => (command.Name[(name.Length + 1)..], command.Synopsis)));

    public Task<int> RunAsync(string[] args, CommandContext context)
    {
        context.Error.WriteLine(Help);
        return Task.FromResult(ExitCode.Error);
    }

    private bool IsChild(ICommand command) =>
        command.Name.StartsWith(name + " ", StringComparison.Ordinal) && command.Name.IndexOf(' ', name.Length + 1) < 0;
}
