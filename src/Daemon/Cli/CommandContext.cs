namespace Consul.Fast.Daemon.Cli;

/// <summary>What a command may touch of the process around it; tests give their own.</summary>
internal sealed class CommandContext
{
    /// <summary>Standard output as text. Flushed at every write, so that it keeps its order with <see cref="RawOut"/>.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard output as bytes, for values that need not be text.</summary>
    public required Stream RawOut { get; init; }

    public required TextWriter Error { get; init; }

    public required Stream In { get; init; }

    /// <summary>Looks an environment variable up; null when it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The names of all environment variables.</summary>
    public Func<IEnumerable<string>> VariableNames { get; init; } = static () => [];

    public CancellationToken Cancellation { get; init; }

    /// <summary>The context of this process: its standard streams and its environment.</summary>
    public static CommandContext ForProcess()
    {
        Stream output = Console.OpenStandardOutput();
        return new CommandContext
        {
            Out = new StreamWriter(output) { AutoFlush = true, NewLine = "\n" },
            RawOut = output,
            Error = new StreamWriter(Console.OpenStandardError()) { AutoFlush = true, NewLine = "\n" },
            In = Console.OpenStandardInput(),
            Environment = System.Environment.GetEnvironmentVariable,
            VariableNames = static () => System.Environment.GetEnvironmentVariables().Keys.Cast<string>(),
        };
    }

    /// <summary>The environment variables whose names begin so.</summary>
    public Dictionary<string, string> VariablesOf(string prefix)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in VariableNames())
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && Environment(name) is { } value) found[name] = value;
        }

        return found;
    }

    /// <summary>Writes one line to standard error and gives the exit code of a failure.</summary>
    public int Fail(string message)
    {
        Error.WriteLine(message);
        return ExitCode.Error;
    }
}
