namespace Consul.Fast.Daemon.Cli.Flags;

/// <summary>Reads one value of a flag; <paramref name="current"/> is the value so far (lists append to it).</summary>
internal delegate bool FlagParser<T>(string text, T current, out T value, out string error);

/// <summary>A flag with a typed value. Handles stay valid after parsing: read <see cref="Value"/> and <see cref="Flag.IsSet"/>.</summary>
internal sealed class Flag<T> : Flag
{
    private readonly FlagParser<T> _parse;

    internal Flag(string name, string usage, T value, string typeWord, string defaultText, FlagParser<T> parse, bool shared)
        : base(name, usage, shared)
    {
        Value = value;
        TypeWord = typeWord;
        DefaultText = defaultText;
        _parse = parse;
    }

    /// <summary>The given value, else the default.</summary>
    public T Value { get; private set; }

    public override bool IsBoolean { get; init; } = typeof(T) == typeof(bool);

    public override string TypeWord { get; }

    public override string DefaultText { get; }

    public override bool TrySet(string value, out string error)
    {
        if (!_parse(value, Value, out T parsed, out error)) return false;
        Value = parsed;
        IsSet = true;
        return true;
    }
}
