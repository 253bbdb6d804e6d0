using System.Globalization;
using System.Text;

namespace Consul.Fast.Daemon.Config.Hcl;

/// <summary>Cuts an HCL text (version 1 of the language) into tokens.</summary>
internal sealed class HclLexer(string text)
{
    private int _position;
    private int _line = 1;
    private int _lineStart;

    private int Column => _position - _lineStart + 1;

    private char Current => _position < text.Length ? text[_position] : '\0';

    private char Following => _position + 1 < text.Length ? text[_position + 1] : '\0';

    /// <exception cref="HclException">The text is no token.</exception>
    public HclToken Next()
    {
        SkipBlanksAndComments();
        if (_position >= text.Length) return new HclToken(HclTokenKind.End, "EOF", _line, Column);
        char c = Current;
        if (char.IsAsciiLetter(c) || c == '_' || (c > '\x7f' && char.IsLetter(c))) return ReadIdentifier();
        if (char.IsAsciiDigit(c) || (c == '-' && (char.IsAsciiDigit(Following) || Following == '.'))) return ReadNumber();
        switch (c)
        {
            case '"': return ReadString();
            case '<' when Following == '<': return ReadHereDocument();
            case '{': return ReadMark(HclTokenKind.LeftBrace);
            case '}': return ReadMark(HclTokenKind.RightBrace);
            case '[': return ReadMark(HclTokenKind.LeftBracket);
            case ']': return ReadMark(HclTokenKind.RightBracket);
            case '=': return ReadMark(HclTokenKind.Assign);
            case ',': return ReadMark(HclTokenKind.Comma);
            default: throw new HclException(_line, Column, $"illegal character {(char.IsControl(c) ? $"U+{(int)c:X4}" : c)}");
        }
    }

    private HclToken ReadMark(HclTokenKind kind)
    {
        var token = new HclToken(kind, Current.ToString(), _line, Column);
        _position++;
        return token;
    }

    private void SkipBlanksAndComments()
    {
        while (_position < text.Length)
        {
            char c = Current;
            if (c == '\n') NewLine();
            else if (c is ' ' or '\t' or '\r' || (c == '\ufeff' && _position == 0)) _position++;
            else if (c == '#' || (c == '/' && Following == '/')) SkipLine();
            else if (c == '/' && Following == '*') SkipBlockComment();
            else return;
        }
    }

    private void NewLine()
    {
        _position++;
        _line++;
        _lineStart = _position;
    }

    private void SkipLine()
    {
        while (_position < text.Length && Current != '\n') _position++;
    }

    private void SkipBlockComment()
    {
        (int line, int column) = (_line, Column);
        _position += 2;
        while (!(Current == '*' && Following == '/'))
        {
            if (_position >= text.Length) throw new HclException(line, column, "comment not terminated");
            if (Current == '\n') NewLine();
            else _position++;
        }

        _position += 2;
    }

    private HclToken ReadIdentifier()
    {
        (int start, int column) = (_position, Column);
        while (char.IsLetterOrDigit(Current) || Current is '_' or '-' or '.') _position++;
        string word = text[start.._position];
        return word is "true" or "false"
            ? new HclToken(HclTokenKind.Bool, word == "true", _line, column)
            : new HclToken(HclTokenKind.Identifier, word, _line, column);
    }

    private HclToken ReadNumber()
    {
        (int start, int column) = (_position, Column);
        _position++;
        while (IsNumberPart()) _position++;
        string word = text[start.._position];
        if (HclNumber.TryParseInteger(word, out long integer)) return new HclToken(HclTokenKind.Integer, integer, _line, column);
        if (HclNumber.TryParseFraction(word, out double fraction)) return new HclToken(HclTokenKind.Fraction, fraction, _line, column);
        throw new HclException(_line, column, $"illegal number {word}");
    }

    /// <summary>A sign belongs to a number behind its exponent's letter.</summary>
    private bool IsNumberPart() =>
        char.IsAsciiLetterOrDigit(Current) || Current == '.' || (Current is '+' or '-' && text[_position - 1] is 'e' or 'E');

    private HclToken ReadString()
    {
        (int line, int column) = (_line, Column);
        _position++;
        var value = new StringBuilder();
        int braces = 0;
        while (true)
        {
            if (_position >= text.Length || (Current == '\n' && braces == 0))
            {
                throw new HclException(line, column, "literal not terminated");
            }

            char c = Current;
            if (braces == 0 && c == '"') break;
            if (braces == 0 && c == '\\')
            {
                ReadEscape(value);
                continue;
            }

            // Inside ${ } everything is kept as it is, quotes included.
            if (braces == 0 && c == '$' && Following == '{')
            {
                braces = 1;
                value.Append("${");
                _position += 2;
                continue;
            }

            if (braces > 0 && c == '{') braces++;
            if (braces > 0 && c == '}') braces--;
            value.Append(c);
            if (c == '\n') NewLine();
            else _position++;
        }

        _position++;
        return new HclToken(HclTokenKind.Text, value.ToString(), line, column);
    }

    private void ReadEscape(StringBuilder value)
    {
        (int line, int column) = (_line, Column);
        char kind = Following;
        _position += 2;
        switch (kind)
        {
            case 'n': value.Append('\n'); break;
            case 't': value.Append('\t'); break;
            case 'r': value.Append('\r'); break;
            case 'a': value.Append('\a'); break;
            case 'b': value.Append('\b'); break;
            case 'f': value.Append('\f'); break;
            case 'v': value.Append('\v'); break;
            case '\\': value.Append('\\'); break;
            case '"': value.Append('"'); break;
            case 'x': AppendCode(value, 2, 16, line, column); break;
            case 'u': AppendCode(value, 4, 16, line, column); break;
            case 'U': AppendCode(value, 8, 16, line, column); break;
            case >= '0' and <= '7':
                _position--;
                AppendCode(value, 3, 8, line, column);
                break;
            default: throw new HclException(line, column, "illegal char escape");
        }
    }

    private void AppendCode(StringBuilder value, int digits, int radix, int line, int column)
    {
        uint code = 0;
        for (int i = 0; i < digits; i++)
        {
            int digit = char.IsAsciiHexDigit(Current) ? int.Parse([Current], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : radix;
            if (digit >= radix) throw new HclException(line, column, "illegal char escape");
            code = (code * (uint)radix) + (uint)digit;
            _position++;
        }

        if (!Rune.IsValid(code)) throw new HclException(line, column, "illegal char escape");
        value.Append(new Rune(code).ToString());
    }

    private HclToken ReadHereDocument()
    {
        (int line, int column) = (_line, Column);
        _position += 2;
        bool indented = Current == '-';
        if (indented) _position++;
        int start = _position;
        SkipLine();
        string anchor = text[start.._position].TrimEnd('\r');
        if (anchor.Length == 0 || !anchor.All(static c => char.IsLetterOrDigit(c) || c is '_' or '-'))
        {
            throw new HclException(line, column, "invalid heredoc anchor");
        }

        var lines = new List<string>();
        while (true)
        {
            if (_position >= text.Length) throw new HclException(line, column, "heredoc not terminated");
            NewLine();
            start = _position;
            SkipLine();
            string content = text[start.._position];
            if (content.Trim() == anchor) return new HclToken(HclTokenKind.Text, Join(lines, indented, content), line, column);
            lines.Add(content.TrimEnd('\r'));
        }
    }

    /// <summary>Indented documents lose the blanks in front of the closing line, when every line has them.</summary>
    private static string Join(List<string> lines, bool indented, string closing)
    {
        string indent = closing[..(closing.Length - closing.TrimStart().Length)];
        bool strip = indented && lines.TrueForAll(line => line.Length == 0 || line.StartsWith(indent, StringComparison.Ordinal));
        return string.Concat(lines.Select(line => (strip && line.Length > 0 ? line[indent.Length..] : line) + "\n"));
    }
}
