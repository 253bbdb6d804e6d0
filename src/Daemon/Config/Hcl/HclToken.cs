namespace Consul.Fast.Daemon.Config.Hcl;

internal enum HclTokenKind
{
    End,
    Identifier,
    Text,
    Integer,
    Fraction,
    Bool,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Assign,
    Comma,
}

/// <summary>One token. <see cref="Value"/> is the decoded value of texts, numbers and bools, otherwise the text itself.</summary>
internal readonly record struct HclToken(HclTokenKind Kind, object? Value, int Line, int Column)
{
    public string Text => Value as string ?? "";
}

/// <summary>A text that is not HCL; the message begins with the place, <c>At 3:7: </c>.</summary>
internal sealed class HclException(int line, int column, string reason) : Exception($"At {line}:{column}: {reason}");
