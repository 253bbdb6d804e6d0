namespace Consul.Fast.Daemon.Filter;

/// <summary>A record with named fields; the table of what expressions may select in it.</summary>
internal sealed class RecordSelectable<T> : Selectable<T>
{
    private readonly Dictionary<string, IField> _fields = new(StringComparer.Ordinal);

    private interface IField
    {
        Predicate<T>? Bind(FilterMatch match, int depth, out string error);
    }

    public RecordSelectable<T> Field<TField>(string name, Func<T, TField> get, Selectable<TField> kind)
    {
        _fields.Add(name, new Accessor<TField>(get, kind));
        return this;
    }

    public RecordSelectable<T> Text(string name, Func<T, string> get) => Field(name, get, StringSelectable.Instance);

    public RecordSelectable<T> Number(string name, Func<T, long> get) => Field(name, get, Coercions.Number);

    public RecordSelectable<T> Flag(string name, Func<T, bool> get) => Field(name, get, Coercions.Flag);

    public override Predicate<T>? Bind(FilterMatch match, int depth, out string error)
    {
        if (depth == match.Selector.Count) return WrongOperator(match, out error);
        return _fields.TryGetValue(match.Selector[depth], out IField? field)
            ? field.Bind(match, depth + 1, out error)
            : UnknownSelector(match, depth, out error);
    }

    private sealed class Accessor<TField>(Func<T, TField> get, Selectable<TField> kind) : IField
    {
        public Predicate<T>? Bind(FilterMatch match, int depth, out string error) =>
            kind.Bind(match, depth, out error) is { } test ? record => test(get(record)) : null;
    }
}
