using System.Text;
using Consul.Fast.Daemon.Cli.Flags;

namespace Consul.Fast.Daemon.Cli;

/// <summary>The layout of help: of one command, of a group of commands, and of the whole program.</summary>
internal static class HelpText
{
    private const int WrapColumn = 67;
    private const int FlagIndent = 5;

    /// <summary>Usage and text, then the shared flags, then the command's own.</summary>
    public static string ForCommand(string usage, FlagSet flags)
    {
        var text = new StringBuilder(usage.Trim());
        AppendFlags(text, "HTTP API Options", flags.All.Where(static flag => flag.Shared));
        AppendFlags(text, "Command Options", flags.All.Where(static flag => !flag.Shared));
        return text.ToString();
    }

    /// <summary>Usage and text, then the subcommands with their one-line descriptions.</summary>
    public static string ForGroup(string usage, IEnumerable<(string Name, string Synopsis)> subcommands)
    {
        var text = new StringBuilder(usage.Trim()).Append("\n\nSubcommands:\n");
        AppendCommands(text, subcommands);
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>The list of first-level commands; it ends with a blank line.</summary>
    public static string ForProgram(IEnumerable<(string Name, string Synopsis)> commands)
    {
        var text = new StringBuilder("Usage: consul [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n");
        AppendCommands(text, commands);
        return text.ToString();
    }

    private static void AppendCommands(StringBuilder text, IEnumerable<(string Name, string Synopsis)> commands)
    {
        (string Name, string Synopsis)[] sorted = [.. commands.OrderBy(static command => command.Name, StringComparer.Ordinal)];
        int width = sorted.Max(static command => command.Name.Length);
        foreach ((string name, string synopsis) in sorted)
        {
            text.Append("    ").Append(name.PadRight(width)).Append("    ").Append(synopsis).Append('\n');
        }
    }

    private static void AppendFlags(StringBuilder text, string title, IEnumerable<Flag> flags)
    {
        bool first = true;
        foreach (Flag flag in flags)
        {
            if (first) text.Append("\n\n").Append(title);
            first = false;
            string word = flag.Placeholder ?? flag.TypeWord;
            text.Append("\n\n  -").Append(flag.Name);
            if (word.Length > 0) text.Append("=<").Append(word).Append('>');
            AppendWrapped(text, flag.Usage);
        }
    }

    private static void AppendWrapped(StringBuilder text, string paragraph)
    {
        int column = WrapColumn;
        foreach (string word in paragraph.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (column + 1 + word.Length > WrapColumn)
            {
                text.Append('\n').Append(' ', FlagIndent).Append(word);
                column = FlagIndent + word.Length;
            }
            else
            {
                text.Append(' ').Append(word);
                column += 1 + word.Length;
            }
        }
    }
}
