using System.Buffers;

namespace Consul.Fast.Daemon.Http;

/// <summary>
/// What may stand in a header. Texts of users go into headers as UTF-8, and the web server refuses those with control
/// characters, which would cost the whole answer.
/// </summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether a text can be the name of a header.</summary>
    public static bool IsName(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>The text with blanks in place of control characters, and none around it.</summary>
    public static string Clean(string text)
    {
        if (text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.Contains('\x7f', StringComparison.Ordinal))
        {
            text = string.Create(text.Length, text, static (cleaned, source) =>
            {
                for (int i = 0; i < cleaned.Length; i++) cleaned[i] = source[i] is < ' ' or '\x7f' ? ' ' : source[i];
            });
        }

        return text.Trim();
    }
}
