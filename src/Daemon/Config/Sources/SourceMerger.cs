using Consul.Fast.Daemon.Config.Schema;

namespace Consul.Fast.Daemon.Config.Sources;

/// <summary>Puts decoded sources on top of each other.</summary>
internal static class SourceMerger
{
    /// <summary>
    /// Merges <paramref name="source"/> into <paramref name="target"/>: scalars replace, lists append, maps overlay,
    /// blocks recurse.
    /// </summary>
    public static void Merge(ConfigObject target, ConfigObject source) => Merge(target, source, SchemaNode.Root);

    private static void Merge(ConfigObject target, ConfigObject source, SchemaNode node)
    {
        foreach ((string name, object? value) in source.Pairs)
        {
            if (value is null) continue;
            SchemaNode child = node.Find(name) ?? throw new InvalidOperationException($"undecoded key {name}");
            switch (child.Key.Type)
            {
                case KeyType.Block:
                    Merge(ObjectAt(target, name), (ConfigObject)value, child);
                    break;
                case KeyType.StringMap or KeyType.StringListMap or KeyType.BlockMap or KeyType.FreeMap:
                    ConfigObject map = ObjectAt(target, name);
                    foreach ((string key, object? item) in ((ConfigObject)value).Pairs) map[key] = item;
                    break;
                case KeyType.StringList or KeyType.BlockList or KeyType.FreeMapList:
                    target[name] = new List<object?>([.. target[name] as List<object?> ?? [], .. (List<object?>)value]);
                    break;
                default:
                    target[name] = value;
                    break;
            }
        }
    }

    private static ConfigObject ObjectAt(ConfigObject target, string name)
    {
        if (target[name] is ConfigObject existing) return existing;
        var created = new ConfigObject();
        target[name] = created;
        return created;
    }
}
