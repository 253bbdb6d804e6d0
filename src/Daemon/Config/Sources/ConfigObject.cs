using Consul.Fast.Daemon.Config.Schema;

namespace Consul.Fast.Daemon.Config.Sources;

/// <summary>
/// An object of a configuration text, of whatever language. Values are <c>null</c>, <c>string</c>, <c>bool</c>, <c>long</c>,
/// <c>double</c>, <see cref="ConfigObject"/> or <c>List&lt;object?&gt;</c>. Keys keep their order and spelling.
/// </summary>
internal sealed class ConfigObject
{
    private readonly List<KeyValuePair<string, object?>> _pairs = [];
    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);

    public IReadOnlyList<KeyValuePair<string, object?>> Pairs => _pairs;

    public object? this[string key]
    {
        get => _positions.TryGetValue(key, out int position) ? _pairs[position].Value : null;
        set
        {
            if (_positions.TryGetValue(key, out int position))
            {
                _pairs[position] = new(key, value);
                return;
            }

            _positions.Add(key, _pairs.Count);
            _pairs.Add(new(key, value));
        }
    }

    public bool Has(string key) => _positions.ContainsKey(key);

    /// <summary>Sets the value of a key, creating the blocks on the way.</summary>
    public void SetAt(ReadOnlySpan<SchemaNode> path, object? value) => MapAt(path[..^1])[path[^1].Name] = value;

    /// <summary>The object at a path; what is missing on the way is created.</summary>
    public ConfigObject MapAt(ReadOnlySpan<SchemaNode> path)
    {
        ConfigObject block = this;
        foreach (SchemaNode level in path)
        {
            if (block[level.Name] is not ConfigObject next) block[level.Name] = next = new ConfigObject();
            block = next;
        }

        return block;
    }
}
