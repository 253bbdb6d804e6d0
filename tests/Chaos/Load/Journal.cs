using System.Collections.Concurrent;

namespace Consul.Fast.Chaos.Tests.Load;

/// <summary>Keys that are written once each, and what their writers were told. Thread safe.</summary>
internal sealed class Journal
{
    public const string Folder = "journal/";
    private readonly ConcurrentDictionary<string, string> _acknowledged = [];
    private readonly ConcurrentDictionary<string, string> _refused = [];

    public int Acknowledged => _acknowledged.Count;

    public void Acknowledge(string key, string value) => _acknowledged[key] = value;

    public void Refuse(string key, string value) => _refused[key] = value;

    /// <summary>What is wrong with the content of a server; empty when nothing is.</summary>
    /// <param name="present">Values of all keys below <see cref="Folder"/>.</param>
    public IEnumerable<string> Faults(IReadOnlyDictionary<string, string> present)
    {
        foreach ((string key, string value) in _acknowledged)
        {
            if (!present.TryGetValue(key, out string? found)) yield return $"{key}: acknowledged and lost";
            else if (found != value) yield return $"{key}: acknowledged as '{value}', is '{found}'";
        }

        foreach (string key in _refused.Keys.Where(present.ContainsKey)) yield return $"{key}: refused, yet written";
    }
}
