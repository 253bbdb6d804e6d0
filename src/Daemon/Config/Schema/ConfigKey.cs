namespace Consul.Fast.Daemon.Config.Schema;

/// <summary>The kind of value of a key; it also decides how sources merge.</summary>
internal enum KeyType
{
    /// <summary>Scalars: the last source that sets one wins.</summary>
    String,
    /// <summary>A text that holds a duration.</summary>
    Duration,
    Bool,
    Int,
    UInt,
    Float,

    /// <summary>Lists: all sources append.</summary>
    StringList,
    BlockList,
    FreeMapList,

    /// <summary>Maps with free keys: a later entry replaces an earlier one as a whole.</summary>
    StringMap,
    StringListMap,
    BlockMap,
    FreeMap,

    /// <summary>Fixed keys, merged one by one.</summary>
    Block,
}

/// <summary>How early in Consul's life a key came: the core, later additions, or mesh and Enterprise.</summary>
internal enum KeyTier
{
    A,
    B,
    C,
}

/// <summary>What a value of the key does.</summary>
internal enum KeyEffect
{
    /// <summary>It works.</summary>
    Effective,

    /// <summary>It is checked and kept; the part it belongs to is not built yet, which is logged.</summary>
    NotYet,

    /// <summary>The parser takes it and a built-in value overrides it.</summary>
    Fixed,

    /// <summary>Obsolete: taken and ignored.</summary>
    Ignored,

    /// <summary>Consul Enterprise: taken with a warning and ignored.</summary>
    Enterprise,

    /// <summary>Consul Enterprise: setting it is an error.</summary>
    Refused,
}

/// <summary>One key of the configuration. The table of all of them drives files, flags and environment alike.</summary>
/// <param name="Path">Levels joined by dots; <c>[]</c> marks list items, <c>&lt;name&gt;</c> a free name.</param>
/// <param name="Reloadable">A reload applies a changed value.</param>
/// <param name="Like">Path of the block whose keys this one has too.</param>
/// <param name="Alias">Another spelling that files may use.</param>
internal sealed record ConfigKey(
    string Path, KeyType Type, KeyTier Tier, KeyEffect Effect, bool Reloadable = false, string? Like = null, string? Alias = null)
{
    /// <summary>The last level of the path.</summary>
    public string Name => Segments(Path)[^1];

    /// <summary>
    /// Splits a path into levels. A dot inside a name (<c>disable_compat_1.9</c>) stands before a digit, which no level begins with.
    /// </summary>
    public static string[] Segments(string path)
    {
        var result = new List<string>();
        int start = 0;
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] != '.' || char.IsAsciiDigit(path[i + 1])) continue;
            result.Add(path[start..i]);
            start = i + 1;
        }

        result.Add(path[start..]);
        return [.. result];
    }
}
