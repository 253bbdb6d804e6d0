using System.Globalization;
using System.Text;

namespace Consul.Fast.Storage.Records;

/// <summary>Texts in error messages, quoted as the reference's formatter does.</summary>
public static class GoText
{
    public static string Quote(ReadOnlySpan<byte> utf8) => Quote(Encoding.UTF8.GetString(utf8));

    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\x7f' => quoted.Append($"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A number as the reference's formatter quotes it: as the character of that number.</summary>
    public static string QuoteRune(long number)
    {
        Rune rune = number is >= 0 and <= int.MaxValue && Rune.IsValid((int)number) ? new Rune((int)number) : Rune.ReplacementChar;
        string text = rune.Value switch
        {
            '\'' => "\\'",
            '\\' => "\\\\",
            '\a' => "\\a",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\v' => "\\v",
            < ' ' or '\x7f' => $"\\x{rune.Value:x2}",
            _ when IsPrintable(rune) => rune.ToString(),
            < 0x10000 => $"\\u{rune.Value:x4}",
            _ => $"\\U{rune.Value:x8}",
        };
        return $"'{text}'";
    }

    /// <summary>Letters, marks, numbers, punctuation, symbols, and of the spaces only the ordinary one.</summary>
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);
}
