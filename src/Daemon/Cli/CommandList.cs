namespace Consul.Fast.Daemon.Cli;

/// <summary>Every command of the program; a new one is one line here.</summary>
internal static class CommandList
{
    public static IReadOnlyList<ICommand> All() =>
    [
    ];
}
