namespace Consul.Fast.Daemon.Cli;

/// <summary>
/// One command of the command line. An instance serves one invocation; <see cref="CommandDispatcher"/> picks it by
/// <see cref="Name"/> and answers the help flags itself.
/// </summary>
internal interface ICommand
{
    /// <summary>The words that select the command, joined by one blank: <c>kv get</c>.</summary>
    string Name { get; }

    /// <summary>One line for command lists.</summary>
    string Synopsis { get; }

    /// <summary>The whole help text, without a newline at the end.</summary>
    string Help { get; }

    /// <summary>Runs the command with what follows its name; the result is the exit code of the process.</summary>
    Task<int> RunAsync(string[] args, CommandContext context);
}
