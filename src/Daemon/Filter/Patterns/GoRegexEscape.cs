using System.Buffers;
using System.Globalization;
using System.Text;

namespace Consul.Fast.Daemon.Filter.Patterns;

/// <summary>Backslash escapes that stand for one character.</summary>
internal static class GoRegexEscape
{
    /// <param name="position">At the backslash; moved behind the escape.</param>
    /// <returns>Null, or the fault.</returns>
    public static string? TryRead(string pattern, ref int position, out Rune c)
    {
        int start = position++;
        c = default;
        if (position == pattern.Length) return "trailing backslash at end of expression: ``";
        OperationStatus decoded = Rune.DecodeFromUtf16(pattern.AsSpan(position), out c, out int length);
        if (decoded != OperationStatus.Done) return $"invalid UTF-8: `{pattern}`";
        position += length;
        int code = c.Value switch
        {
            'a' => 7,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            'x' => ReadHex(pattern, ref position),
            >= '0' and <= '7' => ReadOctal(pattern, c.Value, ref position),
            < 0x80 when !char.IsAsciiLetterOrDigit((char)c.Value) => c.Value,
            _ => -1,
        };
        if (!Rune.IsValid(code)) return $"invalid escape sequence: `{pattern[start..position]}`";
        c = new Rune(code);
        return null;
    }

    /// <summary>Up to three octal digits; a first digit other than 0 standing alone would be a back reference.</summary>
    private static int ReadOctal(string pattern, int first, ref int position)
    {
        bool more = position < pattern.Length && pattern[position] is >= '0' and <= '7';
        if (first != '0' && !more) return -1;
        int code = first - '0';
        for (int i = 0; i < 2 && more; i++)
        {
            code = (code * 8) + (pattern[position++] - '0');
            more = position < pattern.Length && pattern[position] is >= '0' and <= '7';
        }

        return code;
    }

    private static int ReadHex(string pattern, ref int position)
    {
        if (position == pattern.Length) return -1;
        if (pattern[position] != '{')
        {
            int digits = 0;
            while (digits < 2 && position + digits < pattern.Length && char.IsAsciiHexDigit(pattern[position + digits])) digits++;
            ReadOnlySpan<char> pair = pattern.AsSpan(position, digits);
            position = Math.Min(pattern.Length, position + (digits == 2 ? 2 : digits + 1));
            return digits == 2 ? int.Parse(pair, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : -1;
        }

        position++;
        int code = 0;
        int count = 0;
        while (position < pattern.Length && char.IsAsciiHexDigit(pattern[position]))
        {
            code = (code * 16) + Convert.ToInt32(pattern[position++].ToString(), 16);
            count++;
            if (code > 0x10ffff) return -1;
        }

        if (position == pattern.Length) return -1;
        return pattern[position++] == '}' && count > 0 ? code : -1;
    }
}
