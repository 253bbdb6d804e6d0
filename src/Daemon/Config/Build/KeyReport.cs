using Consul.Fast.Daemon.Config.Schema;
using Consul.Fast.Daemon.Config.Sources;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Finds the keys that are set without effect.</summary>
internal static class KeyReport
{
    /// <summary>Paths of set keys with the given effect; of a block only the block, when all its keys have it.</summary>
    public static IReadOnlyList<string> Find(ConfigObject merged, KeyEffect effect)
    {
        var found = new List<string>();
        Visit(merged, SchemaNode.Root, "", effect, found);
        return found;
    }

    private static void Visit(ConfigObject block, SchemaNode node, string path, KeyEffect effect, List<string> found)
    {
        foreach ((string name, object? value) in block.Pairs)
        {
            if (value is null || node.Find(name) is not { } child) continue;
            string childPath = path.Length == 0 ? name : $"{path}.{name}";
            bool isMixedBlock = child.Key.Type == KeyType.Block && value is ConfigObject;
            if (isMixedBlock && !IsUniform(child, effect)) Visit((ConfigObject)value, child, childPath, effect, found);
            else if (child.Key.Effect == effect) found.Add(childPath);
        }
    }

    private static bool IsUniform(SchemaNode block, KeyEffect effect) =>
        block.Key.Effect == effect
            && block.Children.All(child => child.Key.Type == KeyType.Block ? IsUniform(child, effect) : child.Key.Effect == effect);
}
