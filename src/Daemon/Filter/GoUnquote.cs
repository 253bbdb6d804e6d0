using System.Globalization;
using System.Text;

namespace Consul.Fast.Daemon.Filter;

/// <summary>Go's escapes inside double quotes.</summary>
internal static class GoUnquote
{
    /// <param name="content">What stands between the quotes.</param>
    public static bool TryUnquote(string content, out string unquoted)
    {
        unquoted = content;
        if (content.Contains('\n', StringComparison.Ordinal)) return false;
        if (!content.Contains('\\', StringComparison.Ordinal)) return true;
        var bytes = new List<byte>(content.Length);
        ReadOnlySpan<char> rest = content;
        while (!rest.IsEmpty)
        {
            int plain = rest.IndexOf('\\');
            if (plain < 0) plain = rest.Length;
            bytes.AddRange(Encoding.UTF8.GetBytes(rest[..plain].ToString()));
            rest = rest[plain..];
            if (!rest.IsEmpty && !TryEscape(ref rest, bytes)) return false;
        }

        unquoted = Encoding.UTF8.GetString([.. bytes]);
        return true;
    }

    private static bool TryEscape(ref ReadOnlySpan<char> rest, List<byte> bytes)
    {
        if (rest.Length < 2) return false;
        char kind = rest[1];
        int simple = "abfnrtv\\".IndexOf(kind, StringComparison.Ordinal);
        if (simple >= 0)
        {
            bytes.Add((byte)"\a\b\f\n\r\t\v\\"[simple]);
            rest = rest[2..];
            return true;
        }

        if (kind is >= '0' and <= '7') return TryOctal(ref rest, bytes);
        int digits = kind switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0 || rest.Length < 2 + digits) return false;
        ReadOnlySpan<char> hex = rest.Slice(2, digits);
        if (!uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)) return false;
        rest = rest[(2 + digits)..];
        if (kind == 'x')
        {
            bytes.Add((byte)code);
            return true;
        }

        if (!Rune.IsValid(code)) return false;
        bytes.AddRange(Encoding.UTF8.GetBytes(new Rune(code).ToString()));
        return true;
    }

    private static bool TryOctal(ref ReadOnlySpan<char> rest, List<byte> bytes)
    {
        if (rest.Length < 4) return false;
        int code = 0;
        foreach (char c in rest.Slice(1, 3))
        {
            if (c is < '0' or > '7') return false;
            code = (code * 8) + (c - '0');
        }

        rest = rest[4..];
        if (code > 255) return false;
        bytes.Add((byte)code);
        return true;
    }
}
