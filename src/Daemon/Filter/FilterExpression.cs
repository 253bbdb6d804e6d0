namespace Consul.Fast.Daemon.Filter;

/// <summary>A filter expression: parsed once, then tied to a kind of record.</summary>
internal sealed class FilterExpression
{
    private const string ErrorPrefix = "Failed to create boolean expression evaluator: ";

    private readonly FilterNode _root;

    private FilterExpression(FilterNode root) => _root = root;

    /// <summary>Parses and ties in one step, which is what all but local lists need.</summary>
    /// <param name="test">Null for the empty expression, which keeps everything.</param>
    /// <param name="error">Complete error text.</param>
    public static bool TryCompile<T>(string text, Selectable<T> selectors, out Predicate<T>? test, out string error)
    {
        test = null;
        if (!TryParse(text, out FilterExpression? expression, out error)) return false;
        if (expression is null || expression.TryBind(selectors, out test, out error)) return true;
        error = ErrorPrefix + error;
        return false;
    }

    /// <param name="expression">Null for the empty text.</param>
    /// <param name="error">Complete error text.</param>
    public static bool TryParse(string text, out FilterExpression? expression, out string error)
    {
        expression = null;
        error = "";
        if (text.Length == 0) return true;
        if (!FilterParser.TryParse(text, out FilterNode? root, out error))
        {
            error = ErrorPrefix + error;
            return false;
        }

        expression = new FilterExpression(root!);
        return true;
    }

    /// <param name="error">The bare text, which lists of the agent's own data report as it is.</param>
    public bool TryBind<T>(Selectable<T> selectors, out Predicate<T>? test, out string error)
    {
        test = Bind(_root, selectors, out error);
        return test is not null;
    }

    private static Predicate<T>? Bind<T>(FilterNode node, Selectable<T> selectors, out string error)
    {
        switch (node)
        {
            case FilterMatch match:
                return selectors.Bind(match, 0, out error);
            case FilterNot not:
                return Bind(not.Operand, selectors, out error) is { } operand ? record => !operand(record) : null;
            case FilterAnd and:
                return BindAll(and.Operands, selectors, out error) is { } all
                    ? record => Array.TrueForAll(all, test => test(record)) : null;
            default:
                return BindAll(((FilterOr)node).Operands, selectors, out error) is { } any
                    ? record => Array.Exists(any, test => test(record)) : null;
        }
    }

    private static Predicate<T>[]? BindAll<T>(IReadOnlyList<FilterNode> nodes, Selectable<T> selectors, out string error)
    {
        error = "";
        var tests = new Predicate<T>[nodes.Count];
        for (int i = 0; i < tests.Length; i++)
        {
            if (Bind(nodes[i], selectors, out error) is not { } test) return null;
            tests[i] = test;
        }

        return tests;
    }
}
