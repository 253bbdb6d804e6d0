namespace Consul.Fast.Daemon.Filter;

/// <summary>
/// Parses filter expressions. The grammar is a parsing expression grammar: alternatives are tried in order, and when the
/// text does not fit, the error tells what was expected at the farthest point that any alternative reached. Alternatives
/// that only serve better error texts add to <see cref="FilterFaults"/> and make the parse fail.
/// </summary>
internal sealed class FilterParser
{
    /// <summary>Bound on nested parentheses and negations; no written expression comes near.</summary>
    private const int MaxDepth = 200;

    private readonly FilterLexer _lexer;

    private FilterParser(string text) => _lexer = new FilterLexer(text);

    public static bool TryParse(string text, out FilterNode? expression, out string error)
    {
        var parser = new FilterParser(text);
        FilterLexer lexer = parser._lexer;
        lexer.OptionalSpace();
        expression = parser.Or(0);
        bool complete = expression is not null;
        if (complete)
        {
            lexer.OptionalSpace();
            complete = lexer.End();
        }

        error = complete && !lexer.Faults.Any ? "" : lexer.Faults.ToString();
        return error.Length == 0;
    }

    private FilterNode? Or(int depth)
    {
        if (And(depth) is not { } first) return null;
        List<FilterNode>? operands = null;
        while (Next("or", depth, operand => And(operand)) is { } operand) (operands ??= [first]).Add(operand);
        return operands is null ? first : new FilterOr(operands);
    }

    private FilterNode? And(int depth)
    {
        if (Not(depth) is not { } first) return null;
        List<FilterNode>? operands = null;
        while (Next("and", depth, operand => Not(operand)) is { } operand) (operands ??= [first]).Add(operand);
        return operands is null ? first : new FilterAnd(operands);
    }

    /// <summary>A further operand behind a word between spaces, or null with nothing taken.</summary>
    private FilterNode? Next(string word, int depth, Func<int, FilterNode?> operand)
    {
        int mark = _lexer.Position;
        if (_lexer.Space() && _lexer.Literal(word) && _lexer.Space() && operand(depth) is { } node) return node;
        _lexer.Position = mark;
        return null;
    }

    private FilterNode? Not(int depth)
    {
        int mark = _lexer.Position;
        if (depth > MaxDepth)
        {
            _lexer.Faults.Add(mark, "grouping", "Expression is nested too deeply");
            return null;
        }

        if (_lexer.Literal("not") && _lexer.Space() && Not(depth + 1) is { } operand) return new FilterNot(operand);
        _lexer.Position = mark;
        return Grouping(depth);
    }

    private FilterNode? Grouping(int depth)
    {
        int mark = _lexer.Position;
        int unmatchedAt = -1;
        if (_lexer.Literal("("))
        {
            _lexer.OptionalSpace();
            if (Or(depth + 1) is { } inner)
            {
                _lexer.OptionalSpace();
                unmatchedAt = _lexer.Position;
                if (_lexer.Literal(")")) return inner;
            }
        }

        _lexer.Position = mark;
        if (SelectorFirst() is { } selectorFirst) return selectorFirst;
        _lexer.Position = mark;
        if (ValueFirst() is { } valueFirst) return valueFirst;
        if (unmatchedAt >= 0) _lexer.Faults.Add(unmatchedAt, "grouping", "Unmatched parentheses");
        return null;
    }

    /// <summary><c>Node == x</c>, <c>Tags is empty</c> and their kin.</summary>
    private FilterMatch? SelectorFirst()
    {
        if (_lexer.Selector() is not { } selector) return null;
        int mark = _lexer.Position;
        if (ValueOperator(mark) is { } binary && _lexer.Value() is { } value) return new FilterMatch(selector, binary, value);
        if (Words(mark, "is", "empty")) return new FilterMatch(selector, FilterOperator.IsEmpty, "");
        if (Words(mark, "is", "not", "empty")) return new FilterMatch(selector, FilterOperator.IsNotEmpty, "");
        return null;
    }

    private FilterOperator? ValueOperator(int mark)
    {
        if (Symbol(mark, "==")) return FilterOperator.Equal;
        if (Symbol(mark, "!=")) return FilterOperator.NotEqual;
        if (Words(mark, "contains") && _lexer.Space()) return FilterOperator.In;
        if (Words(mark, "not", "contains") && _lexer.Space()) return FilterOperator.NotIn;
        if (Words(mark, "matches") && _lexer.Space()) return FilterOperator.Matches;
        if (Words(mark, "not", "matches") && _lexer.Space()) return FilterOperator.NotMatches;
        return null;
    }

    /// <summary><c>x in Tags</c>, <c>x not in Tags</c>.</summary>
    private FilterMatch? ValueFirst()
    {
        if (_lexer.Value() is not { } value) return null;
        int mark = _lexer.Position;
        FilterOperator op;
        if (Words(mark, "in") && _lexer.Space()) op = FilterOperator.In;
        else if (Words(mark, "not", "in") && _lexer.Space()) op = FilterOperator.NotIn;
        else return null;
        mark = _lexer.Position;
        if (_lexer.Selector() is { } selector) return new FilterMatch(selector, op, value);
        _lexer.Faults.Add(mark, "match", "Invalid selector");
        return null;
    }

    private bool Symbol(int mark, string symbol)
    {
        _lexer.Position = mark;
        _lexer.OptionalSpace();
        if (!_lexer.Literal(symbol)) return false;
        _lexer.OptionalSpace();
        return true;
    }

    /// <summary>Words, each after white space.</summary>
    private bool Words(int mark, params ReadOnlySpan<string> words)
    {
        _lexer.Position = mark;
        foreach (string word in words)
        {
            if (!_lexer.Space() || !_lexer.Literal(word)) return false;
        }

        return true;
    }
}
