using Consul.Fast.Gossip.Core.Members;

namespace Consul.Fast.Gossip.Core.Serf;

/// <summary>What is remembered about a name that is no member yet.</summary>
internal readonly record struct Intent(bool IsLeave, ulong LTime, TimeSpan SeenAt);

/// <summary>
/// Newest intent of each name that is unknown: news of a node's coming or going may overtake the news that it exists.
/// </summary>
internal sealed class IntentBuffer
{
    /// <summary>Names remembered at a time, so that a flood of inventions cannot fill the memory.</summary>
    private const int CountMax = 16384;

    /// <summary>By hash of the name; two names with one hash share an entry, which costs an intent, not a member.</summary>
    private readonly Dictionary<ulong, Intent> _intents = [];

    public int Count => _intents.Count;

    /// <summary>Remembers the intent if it is newer than what is known; false otherwise.</summary>
    public bool TryAdd(ReadOnlySpan<byte> name, in Intent intent)
    {
        ulong hash = NodeIdentity.HashOf(name);
        if (_intents.TryGetValue(hash, out Intent known))
        {
            if (intent.LTime <= known.LTime) return false;
        }
        else if (_intents.Count >= CountMax)
        {
            return false;
        }

        _intents[hash] = intent;
        return true;
    }

    public bool TryGet(ReadOnlySpan<byte> name, out Intent intent) => _intents.TryGetValue(NodeIdentity.HashOf(name), out intent);

    /// <summary>Forgets intents seen before <paramref name="time"/>.</summary>
    public void ForgetBefore(TimeSpan time)
    {
        foreach ((ulong hash, Intent intent) in _intents)
        {
            // Removing during enumeration is allowed for this collection, and the order does not matter.
            if (intent.SeenAt < time) _intents.Remove(hash);
        }
    }
}
