using Consul.Fast.Daemon.Filter.Patterns;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Filter;

/// <summary>A kind of value that filter expressions can look into: how a match on it becomes a test.</summary>
internal abstract class Selectable<T>
{
    /// <summary>
    /// Ties a match to this kind of value.
    /// </summary>
    /// <param name="depth">How many parts of the selector lead to this value.</param>
    /// <param name="error">Why it cannot be tied, in the words that users know.</param>
    /// <returns>The test, or null with an error.</returns>
    public abstract Predicate<T>? Bind(FilterMatch match, int depth, out string error);

    protected static Predicate<T>? UnknownSelector(FilterMatch match, int depth, out string error)
    {
        error = $"Selector \"{string.Join('.', match.Selector.Take(depth + 1))}\" is not valid";
        return null;
    }

    protected static Predicate<T>? WrongOperator(FilterMatch match, out string error)
    {
        error = $"Invalid match operator \"{match.Operator.Text()}\" for selector \"{match.SelectorText}\"";
        return null;
    }
}

/// <summary>A value without parts.</summary>
internal abstract class ScalarSelectable<T> : Selectable<T>
{
    public sealed override Predicate<T>? Bind(FilterMatch match, int depth, out string error) =>
        depth < match.Selector.Count ? UnknownSelector(match, depth, out error) : BindValue(match, out error);

    protected abstract Predicate<T>? BindValue(FilterMatch match, out string error);
}

internal sealed class StringSelectable : ScalarSelectable<string>
{
    public static readonly StringSelectable Instance = new();

    protected override Predicate<string>? BindValue(FilterMatch match, out string error)
    {
        error = "";
        string value = match.Value;
        switch (match.Operator)
        {
            case FilterOperator.Equal: return text => text == value;
            case FilterOperator.NotEqual: return text => text != value;
            case FilterOperator.In: return text => text.Contains(value, StringComparison.Ordinal);
            case FilterOperator.NotIn: return text => !text.Contains(value, StringComparison.Ordinal);
            case FilterOperator.IsEmpty or FilterOperator.IsNotEmpty: return WrongOperator(match, out error);
        }

        if (!GoRegex.TryCompile(value, out GoRegex? regex, out error)) return null;
        return match.Operator == FilterOperator.Matches ? regex!.IsMatch : text => !regex!.IsMatch(text);
    }
}

internal delegate bool Coercion<T>(string text, out T value, out string error);

/// <summary>A number or a flag: compared for equality with a value that its text must yield.</summary>
internal sealed class CoercedSelectable<T>(Coercion<T> coerce) : ScalarSelectable<T>
    where T : IEquatable<T>
{
    protected override Predicate<T>? BindValue(FilterMatch match, out string error)
    {
        if (match.Operator is not (FilterOperator.Equal or FilterOperator.NotEqual)) return WrongOperator(match, out error);
        if (!coerce(match.Value, out T wanted, out error))
        {
            error = $"Failed to coerce value {GoDuration.Quote(match.Value)} for selector \"{match.SelectorText}\": {error}";
            return null;
        }

        return match.Operator == FilterOperator.Equal ? value => value.Equals(wanted) : value => !value.Equals(wanted);
    }
}
