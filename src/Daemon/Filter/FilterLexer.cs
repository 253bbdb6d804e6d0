namespace Consul.Fast.Daemon.Filter;

/// <summary>The smallest parts of the filter grammar. Whatever does not fit is noted as expected at its position.</summary>
internal sealed class FilterLexer(string text)
{
    private const string SpaceClass = "[ \\t\\r\\n]";
    private const string LetterClass = "[a-zA-Z]";
    private const string WordClass = "[a-zA-Z0-9_]";

    /// <summary>Where the next part is looked for; alternatives set it back.</summary>
    public int Position { get; set; }

    public FilterFaults Faults { get; } = new(text);

    public bool Literal(string literal)
    {
        if (text.AsSpan(Position).StartsWith(literal, StringComparison.Ordinal))
        {
            Position += literal.Length;
            return true;
        }

        Faults.Expect(Position, literal switch { "\"" => "\"\\\"\"", _ => $"\"{literal}\"" });
        return false;
    }

    /// <summary>At least one white space character.</summary>
    public bool Space()
    {
        int start = Position;
        OptionalSpace();
        return Position > start;
    }

    public void OptionalSpace()
    {
        while (Class(SpaceClass, c => c is ' ' or '\t' or '\r' or '\n'))
        {
        }
    }

    public bool End()
    {
        if (Position == text.Length) return true;
        Faults.ExpectEnd(Position);
        return false;
    }

    /// <summary>A path such as <c>Service.Meta["a-b"]</c>.</summary>
    public IReadOnlyList<string>? Selector()
    {
        int start = Position;
        if (Identifier() is not { } first)
        {
            Position = start;
            return null;
        }

        List<string> parts = [first];
        while (Part() is { } part) parts.Add(part);
        return parts;
    }

    /// <summary>A word, taken by its text, or a number, or a quoted text.</summary>
    public string? Value()
    {
        int start = Position;
        if (Selector() is { } selector) return string.Join('.', selector);
        Position = start;
        if (Number() is { } number) return number;
        Position = start;
        return Quoted();
    }

    private string? Part()
    {
        int start = Position;
        if (Literal("."))
        {
            int name = Position;
            if (Identifier() is { } identifier) return identifier;
            if (Digits()) return text[name..Position];
        }

        Position = start;
        if (Index() is { } index) return index;
        Position = start;
        return null;
    }

    private string? Identifier()
    {
        int start = Position;
        if (!Class(LetterClass, char.IsAsciiLetter)) return null;
        while (Class(WordClass, c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
        }

        return text[start..Position];
    }

    private string? Index()
    {
        if (!Literal("[")) return null;
        OptionalSpace();
        int mark = Position;
        if (Quoted() is not { } key)
        {
            Faults.Add(mark, "index", "Invalid index");
            return null;
        }

        OptionalSpace();
        mark = Position;
        if (Literal("]")) return key;
        Faults.Add(mark, "index", "Unclosed index expression");
        return null;
    }

    private string? Number()
    {
        int start = Position;
        _ = Literal("-");
        if (!Literal("0"))
        {
            if (!Class("[1-9]", c => c is >= '1' and <= '9')) return null;
            Digits();
        }

        int whole = Position;
        if (!Literal(".") || !Digits()) Position = whole;
        if (AtNumberEnd()) return text[start..Position];
        Faults.Add(Position, "number", "Invalid number literal");
        return null;
    }

    private bool Digits()
    {
        int start = Position;
        while (Class("[0-9]", char.IsAsciiDigit))
        {
        }

        return Position > start;
    }

    private bool AtNumberEnd()
    {
        int mark = Position;
        bool ends = Space() || End() || Literal(")");
        Position = mark;
        return ends;
    }

    /// <summary>A raw text in back quotes, or one in double quotes with Go's escapes; neither can hold its own quote.</summary>
    private string? Quoted()
    {
        int start = Position;
        char quote = Literal("`") ? '`' : Literal("\"") ? '"' : '\0';
        if (quote == '\0') return null;
        int end = text.IndexOf(quote, Position);
        if (end < 0)
        {
            Faults.Add(text.Length, "string", "Unterminated string literal");
            return null;
        }

        string content = text[Position..end];
        Position = end + 1;
        if (quote == '`') return content;
        if (GoUnquote.TryUnquote(content, out string unquoted)) return unquoted;
        Faults.Add(start, "string", "invalid syntax");
        return content;
    }

    private bool Class(string name, Func<char, bool> contains)
    {
        if (Position < text.Length && contains(text[Position]))
        {
            Position++;
            return true;
        }

        Faults.Expect(Position, name);
        return false;
    }
}
