namespace Consul.Fast.Daemon.Cli;

/// <summary>The words of one call sorted into: which command, its arguments, and what was asked of the program itself.</summary>
internal readonly record struct Invocation(string? Command, string[] Arguments, bool Help, bool Version, bool FlagsBefore)
{
    public static Invocation Read(string[] args, Func<string, bool> isCommand)
    {
        string? command = null;
        string[] arguments = [];
        bool help = false;
        bool version = false;
        bool flagsBefore = false;
        for (int i = 0; i < args.Length; i++)
        {
            string arg = args[i];
            if (arg == "--") break;
            if (arg is "-h" or "-help" or "--help") help = true;
            else if (command is not null) continue;
            else if (arg is "-v" or "-version" or "--version") version = true;
            else if (arg.StartsWith('-')) flagsBefore = true;
            else if (arg.Length > 0) (command, arguments) = Select(args.AsSpan(i), isCommand);
        }

        return new Invocation(command, arguments, help, version, flagsBefore);
    }

    private static (string Command, string[] Arguments) Select(ReadOnlySpan<string> words, Func<string, bool> isCommand)
    {
        string longest = words[0];
        int used = 1;
        string name = words[0];
        for (int i = 1; i < words.Length; i++)
        {
            name = $"{name} {words[i]}";
            if (!isCommand(name)) continue;
            longest = name;
            used = i + 1;
        }

        return (longest, words[used..].ToArray());
    }
}
