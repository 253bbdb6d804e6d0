using System.Buffers;
using System.Text;

namespace Consul.Fast.Daemon.Http;

/// <summary>Paths as Consul's router sees them: bytes after percent-decoding.</summary>
internal static class UrlPath
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+,/:;=@";

    private static readonly SearchValues<byte> UnescapedInPath = SearchValues.Create(Encoding.ASCII.GetBytes(Unreserved));

    // Everything printable in ASCII but '%': such a path is its own decoded form.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        string.Concat(Enumerable.Range('!', '~' - '!' + 1).Select(static c => (char)c).Where(static c => c != '%')));

    /// <summary>True when the path needs neither decoding nor cleaning nor a look at its characters.</summary>
    public static bool IsPlain(ReadOnlySpan<char> path) =>
        !path.IsEmpty && path[0] == '/' && !path.ContainsAnyExcept(Plain) && !path.Contains("//", StringComparison.Ordinal)
        && !path.Contains("/.", StringComparison.Ordinal);

    /// <summary>Percent-decodes into <paramref name="output"/>, which needs three bytes per character.</summary>
    /// <returns>False for a broken escape or a raw control character.</returns>
    public static bool TryDecode(ReadOnlySpan<char> path, Span<byte> output, out int length)
    {
        length = 0;
        for (int i = 0; i < path.Length; i++)
        {
            char c = path[i];
            if (c is <= ' ' or '\x7f') return false;
            if (c >= 0x80)
            {
                int width = char.IsHighSurrogate(c) && i + 1 < path.Length && char.IsLowSurrogate(path[i + 1]) ? 2 : 1;
                length += Encoding.UTF8.GetBytes(path.Slice(i, width), output[length..]);
                i += width - 1;
                continue;
            }

            if (c != '%')
            {
                output[length++] = (byte)c;
                continue;
            }

            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2])) return false;
            output[length++] = (byte)((HexValue(path[i + 1]) << 4) | HexValue(path[i + 2]));
            i += 2;
        }

        return true;
    }

    /// <summary>
    /// Removes empty, <c>.</c> and <c>..</c> segments in place and keeps a trailing slash.
    /// </summary>
    /// <returns>The length of the cleaned path; it differs from the old one exactly when something was removed.</returns>
    public static int Clean(Span<byte> path)
    {
        int written = 0;
        bool trailingSlash = path.Length > 1 && path[^1] == '/';
        int position = 0;
        while (position < path.Length)
        {
            if (path[position] == '/')
            {
                position++;
                continue;
            }

            int end = path[position..].IndexOf((byte)'/');
            end = end < 0 ? path.Length : position + end;
            ReadOnlySpan<byte> segment = path[position..end];
            if (segment.SequenceEqual(".."u8))
            {
                int parent = path[..written].LastIndexOf((byte)'/');
                written = Math.Max(parent, 0);
            }
            else if (!segment.SequenceEqual("."u8))
            {
                path[written++] = (byte)'/';
                segment.CopyTo(path[written..]);
                written += end - position;
            }

            position = end;
        }

        if (written == 0 || trailingSlash) path[written++] = (byte)'/';
        return written;
    }

    /// <summary>
    /// True when a decoded path holds something that does not print: controls, separators other than the space,
    /// unassigned.
    /// </summary>
    public static bool HasUnprintable(ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            // A byte that is not UTF-8 counts as the replacement character, which prints.
            Rune.DecodeFromUtf8(path, out Rune rune, out int consumed);
            if (!IsPrintable(rune)) return true;
            path = path[consumed..];
        }

        return false;
    }

    /// <summary>The form of a decoded path in a <c>Location</c> header.</summary>
    public static string Escape(ReadOnlySpan<byte> path)
    {
        var escaped = new StringBuilder(path.Length);
        foreach (byte b in path)
        {
            if (UnescapedInPath.Contains(b)) escaped.Append((char)b);
            else escaped.Append('%').Append(Convert.ToHexString([b]));
        }

        return escaped.ToString();
    }

    public static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool IsPrintable(Rune rune)
    {
        if (rune.IsAscii) return rune.Value is >= ' ' and < 0x7f;
        return Rune.GetUnicodeCategory(rune) switch
        {
            System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.Surrogate or System.Globalization.UnicodeCategory.PrivateUse
                or System.Globalization.UnicodeCategory.OtherNotAssigned or System.Globalization.UnicodeCategory.SpaceSeparator
                or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator => false,
            _ => true,
        };
    }
}
