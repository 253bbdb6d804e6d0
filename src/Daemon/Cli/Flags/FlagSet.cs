using System.Globalization;
using System.Text;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Cli.Flags;

/// <summary>
/// The flags of one command and the parser for them, with the rules of Go's <c>flag</c> package: one or two dashes,
/// <c>-name=value</c> or <c>-name value</c>, booleans without a value, the first positional or <c>--</c> ends the flags.
/// </summary>
internal sealed class FlagSet
{
    private readonly SortedDictionary<string, Flag> _flags = new(StringComparer.Ordinal);

    /// <summary>All flags, sorted by name.</summary>
    public IReadOnlyCollection<Flag> All => _flags.Values;

    /// <summary>The positionals left by <see cref="TryParse"/>.</summary>
    public string[] Arguments { get; private set; } = [];

    /// <summary>Adds a flag; the others of its kind are <see cref="Bool"/>, <see cref="Int"/>, … A name is added once.</summary>
    /// <param name="usage">The description; a back-quoted word in it names the value in help.</param>
    /// <param name="shared">True for the flags common to all commands that talk HTTP.</param>
    public Flag<string> String(string name, string usage, string value = "", bool shared = false) =>
        Add(new Flag<string>(name, usage, value, shared ? "value" : "string", Quoted(value), FlagParsers.String, shared));

    public Flag<bool> Bool(string name, string usage, bool value = false, bool shared = false) =>
        Add(new Flag<bool>(name, usage, value, "", value ? "true" : "", FlagParsers.Bool, shared));

    public Flag<long> Int(string name, string usage, long value = 0) =>
        Add(new Flag<long>(name, usage, value, "int", Default(value), FlagParsers.Int, false));

    public Flag<ulong> UInt(string name, string usage, ulong value = 0) =>
        Add(new Flag<ulong>(name, usage, value, "uint", Default(value), FlagParsers.UInt, false));

    /// <summary>A duration in nanoseconds.</summary>
    public Flag<long> Duration(string name, string usage, long value = 0) =>
        Add(new Flag<long>(name, usage, value, "duration", value == 0 ? "" : GoDuration.Format(value), FlagParsers.Duration, false));

    /// <summary>A flag that may be repeated; every value is kept in order.</summary>
    public Flag<List<string>> Strings(string name, string usage) =>
        Add(new Flag<List<string>>(name, usage, [], "value", "", FlagParsers.Strings, false));

    /// <summary>A repeated <c>-name=key=value</c>, split at the first equals sign of the value.</summary>
    public Flag<SortedDictionary<string, string>> Map(string name, string usage) =>
        Add(new Flag<SortedDictionary<string, string>>(name, usage, new(StringComparer.Ordinal), "value", "", FlagParsers.Map, false));

    /// <summary>
    /// Reads flags up to the first positional. False at the first fault; <paramref name="error"/> is then the text to
    /// print before <see cref="WriteUsage"/>.
    /// </summary>
    public bool TryParse(ReadOnlySpan<string> args, out string error)
    {
        int next = 0;
        error = "";
        while (next < args.Length)
        {
            string arg = args[next];
            if (arg.Length < 2 || arg[0] != '-') break;
            next++;
            if (arg == "--") break;
            if (!TryParseFlag(arg, args, ref next, out error)) return false;
        }

        Arguments = args[next..].ToArray();
        return true;
    }

    /// <summary>The plain list of flags that follows the message about a wrong one.</summary>
    public void WriteUsage(TextWriter output)
    {
        var text = new StringBuilder("Usage:\n");
        foreach (Flag flag in _flags.Values)
        {
            string word = flag.Placeholder ?? flag.TypeWord;
            text.Append("  -").Append(flag.Name);
            if (word.Length > 0) text.Append(' ').Append(word);
            text.Append(word.Length == 0 && flag.Name.Length == 1 ? "\t" : "\n    \t");
            text.Append(flag.Usage.ReplaceLineEndings("\n    \t"));
            if (flag.DefaultText.Length > 0) text.Append(" (default ").Append(flag.DefaultText).Append(')');
            text.Append('\n');
        }

        output.Write(text.ToString());
    }

    /// <summary>Adds a flag with a reader of its own.</summary>
    public Flag<T> Add<T>(Flag<T> flag)
    {
        _flags.Add(flag.Name, flag);
        return flag;
    }

    private bool TryParseFlag(string arg, ReadOnlySpan<string> args, ref int next, out string error)
    {
        string body = arg[(arg[1] == '-' ? 2 : 1)..];
        if (body[0] is '-' or '=')
        {
            error = $"bad flag syntax: {arg}";
            return false;
        }

        int equals = body.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? body : body[..equals];
        if (!_flags.TryGetValue(name, out Flag? flag))
        {
            error = $"flag provided but not defined: -{name}";
            return false;
        }

        string value;
        if (equals >= 0) value = body[(equals + 1)..];
        else if (flag.IsBoolean) value = "true";
        else if (next < args.Length) value = args[next++];
        else
        {
            error = $"flag needs an argument: -{name}";
            return false;
        }

        if (flag.TrySet(value, out error)) return true;
        string what = flag.IsBoolean ? $"boolean value \"{value}\" for" : $"value \"{value}\" for flag";
        error = $"invalid {what} -{name}: {error}";
        return false;
    }

    private static string Quoted(string value) => value.Length == 0 ? "" : $"\"{value}\"";

    private static string Default<T>(T value)
        where T : struct, IFormattable, IEquatable<T> => value.Equals(default) ? "" : value.ToString(null, CultureInfo.InvariantCulture);
}
