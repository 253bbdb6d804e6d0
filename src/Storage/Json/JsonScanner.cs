using System.Buffers;
using System.Text;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Json;

/// <summary>
/// Walks over the first JSON value of a text and finds its end, or says what is wrong in the words that Consul's users
/// know. It builds nothing; it only decides whether a parser may be let loose on the value.
/// </summary>
public ref struct JsonScanner(ReadOnlySpan<byte> text)
{
    /// <summary>Nesting allowed in a body; far above any real document, low enough for any stack.</summary>
    public const int MaxDepth = 256;

    private const string UnexpectedEnd = "unexpected EOF";

    private readonly ReadOnlySpan<byte> _text = text;
    private string? _error;

    /// <summary>Where the scan stands; after success, just behind the value.</summary>
    public int Position { get; private set; }

    /// <summary>A text holds invalid UTF-8 or half a surrogate pair, which readers take as U+FFFD.</summary>
    public bool NeedsRepair { get; private set; }

    /// <returns>Null when a whole value was found, otherwise the error.</returns>
    public string? Scan()
    {
        SkipSpace();
        if (Position == _text.Length) return "EOF";
        return Value(0) ? null : _error;
    }

    /// <summary>As <see cref="Scan"/>, but nothing may follow the value.</summary>
    public string? ScanWhole()
    {
        if (Scan() is { } error) return error.EndsWith("EOF", StringComparison.Ordinal) ? "unexpected end of JSON input" : error;
        SkipSpace();
        if (Position == _text.Length) return null;
        Unexpected(_text[Position], "after top-level value");
        return _error;
    }

    private bool Value(int depth)
    {
        if (!Next(out byte c)) return false;
        if (depth > MaxDepth) return Fail("exceeded max depth");
        switch (c)
        {
            case (byte)'{': return Object(depth);
            case (byte)'[': return Array(depth);
            case (byte)'"': return Text();
            case (byte)'t': return Literal("true");
            case (byte)'f': return Literal("false");
            case (byte)'n': return Literal("null");
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'): return Number();
            default: return Unexpected(c, "looking for beginning of value");
        }
    }

    private bool Object(int depth)
    {
        Position++;
        if (!Next(out byte c)) return false;
        if (c == '}') return Advance();
        while (true)
        {
            if (c != '"') return Unexpected(c, "looking for beginning of object key string");
            if (!Text() || !Next(out c)) return false;
            if (c != ':') return Unexpected(c, "after object key");
            Position++;
            if (!Value(depth + 1) || !Next(out c)) return false;
            if (c == '}') return Advance();
            if (c != ',') return Unexpected(c, "after object key:value pair");
            Position++;
            if (!Next(out c)) return false;
        }
    }

    private bool Array(int depth)
    {
        Position++;
        if (!Next(out byte c)) return false;
        if (c == ']') return Advance();
        while (true)
        {
            if (!Value(depth + 1) || !Next(out c)) return false;
            if (c == ']') return Advance();
            if (c != ',') return Unexpected(c, "after array element");
            Position++;
        }
    }

    private bool Text()
    {
        Position++;
        while (Position < _text.Length)
        {
            byte c = _text[Position];
            if (c == '"') return Advance();
            if (c < 0x20) return Unexpected(c, "in string literal");
            if (c == '\\')
            {
                if (!EscapeSequence()) return false;
            }
            else if (c < 0x80)
            {
                Position++;
            }
            else if (Rune.DecodeFromUtf8(_text[Position..], out _, out int length) == OperationStatus.Done)
            {
                Position += length;
            }
            else
            {
                NeedsRepair = true;
                Position++;
            }
        }

        return Fail(UnexpectedEnd);
    }

    private bool EscapeSequence()
    {
        Position++;
        if (Position == _text.Length) return Fail(UnexpectedEnd);
        byte c = _text[Position];
        if (c != 'u') return "\"\\/bfnrt".Contains((char)c) ? Advance() : Unexpected(c, "in string escape code");
        if (!HexEscape(out int first)) return false;
        if (first is < 0xd800 or > 0xdfff) return true;
        ReadOnlySpan<byte> rest = _text[Position..];
        bool pair = first < 0xdc00 && JsonRepair.TryReadEscape(rest, out int second) && second is >= 0xdc00 and <= 0xdfff;
        if (pair) Position += 6;
        else NeedsRepair = true;
        return true;
    }

    private bool HexEscape(out int value)
    {
        value = 0;
        for (int i = 0; i < 4; i++)
        {
            Position++;
            if (Position == _text.Length) return Fail(UnexpectedEnd);
            byte c = _text[Position];
            if (!char.IsAsciiHexDigit((char)c)) return Unexpected(c, "in \\u hexadecimal character escape");
            value = (value << 4) | ((c & 0xf) + ((c >> 6) * 9));
        }

        return Advance();
    }

    private bool Number()
    {
        if (_text[Position] == '-')
        {
            Position++;
            if (!AtDigit("in numeric literal")) return false;
        }

        if (_text[Position] == '0') Position++;
        else SkipDigits();
        if (Position < _text.Length && _text[Position] == '.')
        {
            Position++;
            if (!AtDigit("after decimal point in numeric literal")) return false;
            SkipDigits();
        }

        if (Position < _text.Length && _text[Position] is (byte)'e' or (byte)'E')
        {
            Position++;
            if (Position < _text.Length && _text[Position] is (byte)'+' or (byte)'-') Position++;
            if (!AtDigit("in exponent of numeric literal")) return false;
            SkipDigits();
        }

        return true;
    }

    private bool AtDigit(string where)
    {
        if (Position == _text.Length) return Fail(UnexpectedEnd);
        byte c = _text[Position];
        return char.IsAsciiDigit((char)c) || Unexpected(c, where);
    }

    private void SkipDigits()
    {
        while (Position < _text.Length && char.IsAsciiDigit((char)_text[Position])) Position++;
    }

    private bool Literal(string word)
    {
        for (int i = 1; i < word.Length; i++)
        {
            Position++;
            if (Position == _text.Length) return Fail(UnexpectedEnd);
            if (_text[Position] != word[i]) return Unexpected(_text[Position], $"in literal {word} (expecting '{word[i]}')");
        }

        return Advance();
    }

    /// <summary>Skips white space and looks at the next byte without taking it.</summary>
    private bool Next(out byte c)
    {
        SkipSpace();
        c = 0;
        if (Position == _text.Length) return Fail(UnexpectedEnd);
        c = _text[Position];
        return true;
    }

    private void SkipSpace()
    {
        while (Position < _text.Length && _text[Position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') Position++;
    }

    private bool Advance()
    {
        Position++;
        return true;
    }

    private bool Unexpected(byte c, string where) => Fail($"invalid character {GoText.QuoteRune(c)} {where}");

    private bool Fail(string error)
    {
        _error = error;
        return false;
    }
}
