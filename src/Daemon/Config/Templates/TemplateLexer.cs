using System.Globalization;
using System.Text;

namespace Consul.Fast.Daemon.Config.Templates;

internal enum TemplateTokenKind
{
    End,
    Word,
    Variable,
    Text,
    Number,
    Dot,
    Pipe,
    Declare,
    Open,
    Close,
    Comma,
}

internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, long Number = 0);

/// <summary>Cuts the inside of one <c>{{ }}</c> into tokens.</summary>
internal static class TemplateLexer
{
    public static List<TemplateToken> Read(string text)
    {
        var tokens = new List<TemplateToken>();
        int position = 0;
        while (position < text.Length)
        {
            char c = text[position];
            if (char.IsWhiteSpace(c)) position++;
            else tokens.Add(ReadToken(text, ref position));
        }

        return tokens;
    }

    private static TemplateToken ReadToken(string text, ref int position)
    {
        char c = text[position];
        if (char.IsLetter(c) || c is '_' or '$') return ReadWord(text, ref position);
        if (char.IsAsciiDigit(c) || (c is '-' or '+' && position + 1 < text.Length && char.IsAsciiDigit(text[position + 1])))
        {
            return ReadNumber(text, ref position);
        }

        if (c == '"') return ReadString(text, ref position);
        if (c == '`') return ReadRawString(text, ref position);
        position++;
        switch (c)
        {
            case '|': return new TemplateToken(TemplateTokenKind.Pipe, "|");
            case '(': return new TemplateToken(TemplateTokenKind.Open, "(");
            case ')': return new TemplateToken(TemplateTokenKind.Close, ")");
            case '.': return new TemplateToken(TemplateTokenKind.Dot, ".");
            case ',': return new TemplateToken(TemplateTokenKind.Comma, ",");
            case ':' when position < text.Length && text[position] == '=':
                position++;
                return new TemplateToken(TemplateTokenKind.Declare, ":=");
            default: throw new TemplateException($"unexpected {GoChar(c)} in command");
        }
    }

    private static TemplateToken ReadWord(string text, ref int position)
    {
        int start = position++;
        while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] == '_')) position++;
        string word = text[start..position];
        return new TemplateToken(word[0] == '$' ? TemplateTokenKind.Variable : TemplateTokenKind.Word, word);
    }

    private static TemplateToken ReadNumber(string text, ref int position)
    {
        int start = position++;
        while (position < text.Length && char.IsAsciiDigit(text[position])) position++;
        string digits = text[start..position];
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? new TemplateToken(TemplateTokenKind.Number, digits, number)
            : throw new TemplateException($"bad number syntax: \"{digits}\"");
    }

    private static TemplateToken ReadString(string text, ref int position)
    {
        var value = new StringBuilder();
        for (position++; position < text.Length && text[position] != '"'; position++)
        {
            if (text[position] == '\\' && ++position >= text.Length) break;
            value.Append(text[position]);
        }

        if (position >= text.Length) throw new TemplateException("unterminated quoted string");
        position++;
        return new TemplateToken(TemplateTokenKind.Text, value.ToString());
    }

    private static TemplateToken ReadRawString(string text, ref int position)
    {
        int end = text.IndexOf('`', position + 1);
        if (end < 0) throw new TemplateException("unterminated raw quoted string");
        string value = text[(position + 1)..end];
        position = end + 1;
        return new TemplateToken(TemplateTokenKind.Text, value);
    }

    private static string GoChar(char c) => c < ' ' ? $"U+{(int)c:X4}" : $"\"{c}\"";
}
