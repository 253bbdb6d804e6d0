using Consul.Fast.Daemon.Config.Sources;

namespace Consul.Fast.Daemon.Config.Hcl;

/// <summary>Reads an HCL text (version 1 of the language) into the tree that JSON texts give as well.</summary>
internal sealed class HclReader
{
    /// <summary>Deeper nesting is refused before it can exhaust the stack.</summary>
    private const int MaxDepth = 64;

    private readonly HclLexer _lexer;
    private HclToken _token;
    private int _depth;

    private HclReader(string text)
    {
        _lexer = new HclLexer(text);
        _token = _lexer.Next();
    }

    /// <param name="error">What is wrong, beginning with the place: <c>At 3:7: </c>.</param>
    public static bool TryParse(string text, out ConfigObject root, out string error)
    {
        root = new ConfigObject();
        error = "";
        try
        {
            var reader = new HclReader(text);
            while (reader._token.Kind != HclTokenKind.End) reader.ReadItem(root);
            return true;
        }
        catch (HclException e)
        {
            error = e.Message;
            return false;
        }
    }

    private void ReadItem(ConfigObject target)
    {
        HclToken first = _token;
        var keys = new List<string>();
        while (_token.Kind is HclTokenKind.Identifier or HclTokenKind.Text)
        {
            keys.Add(_token.Text);
            if (keys.Count > MaxDepth) throw TooDeep();
            Advance();
        }

        if (keys.Count == 0) throw Unexpected(_token, "expected: IDENT | STRING");
        object? value;
        if (_token.Kind == HclTokenKind.Assign)
        {
            if (keys.Count > 1) throw new HclException(first.Line, first.Column, "nested object expected: LBRACE got: ASSIGN");
            Advance();
            value = ReadValue();
        }
        else if (_token.Kind == HclTokenKind.LeftBrace) value = ReadObject();
        else if (_token.Kind == HclTokenKind.End)
        {
            string reason = $"key '{string.Join(' ', keys)}' expected start of object ('{{') or assignment ('=')";
            throw new HclException(_token.Line, _token.Column, reason);
        }
        else throw Unexpected(_token, "expected: ASSIGN | LBRACE");

        // Labels of a block nest: service "web" { } is service { web { } }.
        for (int i = keys.Count - 1; i > 0; i--) value = new ConfigObject { [keys[i]] = value };
        Add(target, keys[0], value);
    }

    /// <summary>Of equal scalars the last one counts; equal blocks form a list.</summary>
    private static void Add(ConfigObject target, string key, object? value)
    {
        object? previous = target[key];
        if (value is ConfigObject && previous is ConfigObject) target[key] = new BlockList { previous, value };
        else if (value is ConfigObject && previous is BlockList blocks) blocks.Add(value);
        else target[key] = value;
    }

    private object? ReadValue()
    {
        HclToken token = _token;
        switch (token.Kind)
        {
            case HclTokenKind.Text or HclTokenKind.Integer or HclTokenKind.Fraction or HclTokenKind.Bool:
                Advance();
                return token.Value;
            case HclTokenKind.LeftBrace: return ReadObject();
            case HclTokenKind.LeftBracket: return ReadList();
            default: throw Unexpected(token, null);
        }
    }

    private ConfigObject ReadObject()
    {
        Enter();
        var result = new ConfigObject();
        Advance();
        while (_token.Kind != HclTokenKind.RightBrace)
        {
            if (_token.Kind == HclTokenKind.End)
            {
                throw new HclException(_token.Line, _token.Column, "object expected closing RBRACE got: EOF");
            }

            ReadItem(result);
            if (_token.Kind == HclTokenKind.Comma) Advance();
        }

        Advance();
        _depth--;
        return result;
    }

    private List<object?> ReadList()
    {
        Enter();
        var result = new List<object?>();
        Advance();
        while (_token.Kind != HclTokenKind.RightBracket)
        {
            if (_token.Kind == HclTokenKind.End)
            {
                throw new HclException(_token.Line, _token.Column, "error parsing list, expected RBRACK got: EOF");
            }

            result.Add(ReadValue());
            if (_token.Kind == HclTokenKind.Comma) Advance();
            else if (_token.Kind != HclTokenKind.RightBracket)
            {
                string reason = $"error parsing list, expected comma or list end, got: {Describe(_token)}";
                throw new HclException(_token.Line, _token.Column, reason);
            }
        }

        Advance();
        _depth--;
        return result;
    }

    private void Enter()
    {
        if (++_depth > MaxDepth) throw TooDeep();
    }

    private HclException TooDeep() => new(_token.Line, _token.Column, $"nested more than {MaxDepth} levels deep");

    private void Advance() => _token = _lexer.Next();

    private static HclException Unexpected(HclToken token, string? expected)
    {
        string reason = expected is null
            ? $"Unknown token: {token.Line}:{token.Column} {Describe(token)}"
            : $"object {expected} got: {Describe(token)}";
        return new HclException(token.Line, token.Column, reason);
    }

    private static string Describe(HclToken token) => token.Kind switch
    {
        HclTokenKind.End => "EOF",
        HclTokenKind.Identifier => $"IDENT {token.Text}",
        HclTokenKind.Text => $"STRING \"{token.Text}\"",
        HclTokenKind.Integer => $"NUMBER {token.Value}",
        HclTokenKind.Fraction => $"FLOAT {token.Value}",
        HclTokenKind.Bool => $"BOOL {token.Value}",
        HclTokenKind.LeftBrace => "LBRACE",
        HclTokenKind.RightBrace => "RBRACE",
        HclTokenKind.LeftBracket => "LBRACK",
        HclTokenKind.RightBracket => "RBRACK",
        HclTokenKind.Assign => "ASSIGN",
        _ => "COMMA",
    };

    /// <summary>Made of repeated blocks, so a further block of the same name joins it; a written list is replaced.</summary>
    private sealed class BlockList : List<object?>;
}
