using System.Collections.Concurrent;

namespace Consul.Fast.Chaos.Tests.Load;

/// <summary>
/// Reads that may return old values: those that a leader answers without asking its followers, and those that any server
/// answers from its own tables. They can be checked for one thing only, that somebody wrote what they saw. Thread safe.
/// </summary>
internal sealed class LooseReads
{
    private readonly ConcurrentDictionary<(string Key, string Value), bool> _meant = [];
    private readonly ConcurrentDictionary<(string Key, string Value), bool> _refused = [];
    private readonly ConcurrentDictionary<(string Key, string Value), bool> _seen = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Before a write is sent.</summary>
    public void Mean(string key, string value) => _meant[(key, value)] = true;

    /// <summary>After a write certainly had no effect.</summary>
    public void Refuse(string key, string value) => _refused[(key, value)] = true;

    public void See(string key, string? value)
    {
        Interlocked.Increment(ref _count);
        if (value is not null) _seen[(key, value)] = true;
    }

    public IEnumerable<string> Faults()
    {
        foreach ((string key, string value) in _seen.Keys)
        {
            if (!_meant.ContainsKey((key, value))) yield return $"{key}: '{value}' was read and never written";
            else if (_refused.ContainsKey((key, value))) yield return $"{key}: '{value}' was read though its write was refused";
        }
    }
}
