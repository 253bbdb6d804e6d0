namespace Consul.Fast.Daemon.Config.Schema;

/// <summary>A key with the keys below it.</summary>
internal sealed class SchemaNode
{
    private readonly Dictionary<string, SchemaNode> _children = new(StringComparer.OrdinalIgnoreCase);

    private SchemaNode(ConfigKey key) => Key = key;

    /// <summary>The whole configuration.</summary>
    public static SchemaNode Root { get; } = Build();

    public ConfigKey Key { get; }

    public string Name => Key.Name;

    /// <summary>Direct keys below, by name; aliases are not listed.</summary>
    public IEnumerable<SchemaNode> Children =>
        _children.Where(static pair => pair.Key == pair.Value.Name).Select(static pair => pair.Value);

    /// <summary>Finds a key by its name or alias, without regard to case.</summary>
    public SchemaNode? Find(string name) => _children.GetValueOrDefault(name);

    /// <summary>The keys on the way to a path of the table, the last one included.</summary>
    public SchemaNode[] PathTo(string path)
    {
        string[] levels = ConfigKey.Segments(path);
        var nodes = new SchemaNode[levels.Length];
        SchemaNode node = this;
        for (int i = 0; i < levels.Length; i++) nodes[i] = node = node._children[levels[i]];
        return nodes;
    }

    private static SchemaNode Build()
    {
        var root = new SchemaNode(new ConfigKey("", KeyType.Block, KeyTier.A, KeyEffect.Effective));
        var byPath = new Dictionary<string, SchemaNode>(StringComparer.Ordinal) { [""] = root };
        IReadOnlyList<ConfigKey> keys = KeyTable.All();
        foreach (ConfigKey key in keys)
        {
            var node = new SchemaNode(key);
            byPath.Add(key.Path, node);
            SchemaNode parent = byPath[ParentPath(key.Path)];
            parent._children.Add(key.Name, node);
            if (key.Alias is not null) parent._children.Add(key.Alias, node);
        }

        // Only now every block is complete; blocks that have the same keys may contain each other.
        foreach (ConfigKey key in keys.Where(static key => key.Like is not null))
        {
            SchemaNode target = byPath[key.Path];
            foreach ((string name, SchemaNode child) in byPath[key.Like!]._children) target._children.Add(name, child);
        }

        return root;
    }

    private static string ParentPath(string path)
    {
        string parent = string.Join('.', ConfigKey.Segments(path)[..^1]);
        if (parent.EndsWith("[]", StringComparison.Ordinal)) return parent[..^2];
        return parent.EndsWith(".<name>", StringComparison.Ordinal) ? parent[..^".<name>".Length] : parent;
    }
}
