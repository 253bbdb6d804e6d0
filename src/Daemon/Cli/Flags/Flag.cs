namespace Consul.Fast.Daemon.Cli.Flags;

/// <summary>One flag of a <see cref="FlagSet"/>: its name, its description and what was given for it.</summary>
internal abstract class Flag
{
    private protected Flag(string name, string usage, bool shared)
    {
        Name = name;
        Shared = shared;
        (Placeholder, Usage) = Unquote(usage);
    }

    /// <summary>The name without dashes.</summary>
    public string Name { get; }

    /// <summary>The description, without the back quotes around its placeholder.</summary>
    public string Usage { get; }

    /// <summary>The back-quoted word of the description, or null.</summary>
    public string? Placeholder { get; }

    /// <summary>True for the flags that every command talking HTTP has; help lists them apart.</summary>
    public bool Shared { get; }

    /// <summary>True once a value was given on the command line.</summary>
    public bool IsSet { get; protected set; }

    /// <summary>A boolean flag takes its value only after <c>=</c> and means true without one.</summary>
    public abstract bool IsBoolean { get; init; }

    /// <summary>The word for the value when the description names none; empty for booleans.</summary>
    public abstract string TypeWord { get; }

    /// <summary>The default as help prints it; empty for a zero value.</summary>
    public abstract string DefaultText { get; }

    /// <summary>Takes one value. <paramref name="error"/> is Go's reason: <c>parse error</c>, <c>value out of range</c>, …</summary>
    public abstract bool TrySet(string value, out string error);

    private static (string? Placeholder, string Usage) Unquote(string usage)
    {
        int open = usage.IndexOf('`', StringComparison.Ordinal);
        int close = open < 0 ? -1 : usage.IndexOf('`', open + 1);
        if (close < 0) return (null, usage);
        string word = usage[(open + 1)..close];
        return (word, usage[..open] + word + usage[(close + 1)..]);
    }
}
