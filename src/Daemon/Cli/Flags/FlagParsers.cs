using System.Globalization;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Cli.Flags;

/// <summary>Readers of flag values, with Go's spelling of what is allowed and of what went wrong.</summary>
internal static class FlagParsers
{
    private const string ParseError = "parse error";
    public const string RangeError = "value out of range";

    /// <summary>The spellings of a boolean that Go's <c>strconv.ParseBool</c> knows.</summary>
    public static bool TryParseBool(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }

    public static bool Bool(string text, bool current, out bool value, out string error)
    {
        error = ParseError;
        return TryParseBool(text, out value);
    }

    public static bool String(string text, string current, out string value, out string error)
    {
        value = text;
        error = "";
        return true;
    }

    public static bool Int(string text, long current, out long value, out string error)
    {
        error = ParseError;
        value = 0;
        bool negative = text.StartsWith('-');
        if (!TryParseMagnitude(text.AsSpan(negative || text.StartsWith('+') ? 1 : 0), out ulong magnitude, ref error)) return false;
        if (magnitude > (ulong)long.MaxValue + (negative ? 1UL : 0UL))
        {
            error = RangeError;
            return false;
        }

        value = negative ? unchecked(-(long)magnitude) : (long)magnitude;
        return true;
    }

    public static bool UInt(string text, ulong current, out ulong value, out string error)
    {
        error = ParseError;
        return TryParseMagnitude(text, out value, ref error);
    }

    /// <summary>Nanoseconds.</summary>
    public static bool Duration(string text, long current, out long value, out string error)
    {
        bool valid = GoDuration.TryParse(text, out value, out _);
        error = ParseError;
        return valid;
    }

    public static bool Strings(string text, List<string> current, out List<string> value, out string error)
    {
        current.Add(text);
        value = current;
        error = "";
        return true;
    }

    public static bool Map(
        string text, SortedDictionary<string, string> current, out SortedDictionary<string, string> value, out string error)
    {
        value = current;
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        error = equals < 0 ? $"Missing \"=\" value in argument: {text}" : "";
        if (equals < 0) return false;
        current[text[..equals]] = text[(equals + 1)..];
        return true;
    }

    /// <summary>An unsigned number in Go's base-0 notation: decimal, <c>0x</c>, <c>0o</c> or <c>0</c>, <c>0b</c>.</summary>
    private static bool TryParseMagnitude(ReadOnlySpan<char> text, out ulong value, ref string error)
    {
        value = 0;
        int radix = 10;
        if (text.Length > 1 && text[0] == '0')
        {
            (radix, int prefix) = char.ToLowerInvariant(text[1]) switch { 'x' => (16, 2), 'o' => (8, 2), 'b' => (2, 2), _ => (8, 1) };
            text = text[prefix..];
        }

        if (text.IsEmpty) return false;
        UInt128 total = 0;
        bool overflow = false;
        foreach (char digit in text)
        {
            int number = char.IsAsciiHexDigit(digit) ? int.Parse([digit], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : radix;
            if (number >= radix) return false;
            total = overflow ? total : (total * (uint)radix) + (uint)number;
            overflow |= total > ulong.MaxValue;
        }

        value = overflow ? 0 : (ulong)total;
        if (overflow) error = RangeError;
        return !overflow;
    }
}
