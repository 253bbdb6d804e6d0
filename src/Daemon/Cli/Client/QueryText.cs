using System.Text;

namespace Consul.Fast.Daemon.Cli.Client;

/// <summary>Query parameters, written sorted and escaped as Go writes them, and the escaping of paths.</summary>
internal sealed class QueryText
{
    private readonly SortedDictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    public QueryText Add(string name, string value = "")
    {
        if (!_values.TryGetValue(name, out List<string>? values)) _values.Add(name, values = []);
        values.Add(value);
        return this;
    }

    public QueryText AddIf(bool condition, string name, string value = "") => condition ? Add(name, value) : this;

    /// <summary>The text after the question mark, with the question mark; empty without parameters.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((string name, List<string> values) in _values)
        {
            foreach (string value in values)
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(Escape(name, "")).Append('=').Append(Escape(value, ""));
            }
        }

        return text.ToString();
    }

    /// <summary>A path with everything escaped that a path cannot carry; slashes stay.</summary>
    public static string EscapePath(string path) => Escape(path, "/$&+,:;=@");

    private static string Escape(string text, string alsoKept)
    {
        var result = new StringBuilder(text.Length);
        foreach (byte unit in Encoding.UTF8.GetBytes(text))
        {
            char c = (char)unit;
            bool kept = char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' || alsoKept.Contains(c, StringComparison.Ordinal);
            if (kept) result.Append(c);
            else result.Append('%').Append(unit.ToString("X2"));
        }

        return result.ToString();
    }
}
