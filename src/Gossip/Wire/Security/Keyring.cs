using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Consul.Fast.Gossip.Wire.Security;

/// <summary>How a change of the keyring ended.</summary>
public enum KeyringResult
{
    Done,

    /// <summary>A key has 16, 24 or 32 bytes.</summary>
    WrongSize,

    /// <summary>Only a key that is there can become the primary one.</summary>
    NotThere,

    /// <summary>The primary key cannot be removed.</summary>
    IsPrimary,
}

/// <summary>
/// The keys of a pool: the first, primary one encrypts, all of them are tried to decrypt. Every change replaces an immutable
/// list, so any thread may read; changes come from one thread at a time.
/// </summary>
public sealed class Keyring
{
    private volatile GossipKey[] _keys;

    /// <param name="keys">Primary first; repeated ones count once.</param>
    public Keyring(params ReadOnlySpan<GossipKey> keys)
    {
        List<GossipKey> distinct = new(keys.Length);
        foreach (GossipKey key in keys)
        {
            if (!distinct.Contains(key)) distinct.Add(key);
        }

        _keys = [.. distinct];
    }

    /// <summary>All keys, primary first.</summary>
    public ImmutableArray<GossipKey> Keys => ImmutableCollectionsMarshal.AsImmutableArray(_keys);

    /// <summary>The key that encrypts; null when there is none.</summary>
    public GossipKey? Primary => Keys is [GossipKey first, ..] ? first : null;

    /// <summary>Without keys nothing is encrypted.</summary>
    public bool IsEmpty => Keys.IsEmpty;

    /// <summary>What an operator reads when a change failed; empty when it did not.</summary>
    public static string TextOf(KeyringResult result) => result switch
    {
        KeyringResult.WrongSize => "key size must be 16, 24 or 32 bytes",
        KeyringResult.NotThere => "Requested key is not in the keyring",
        KeyringResult.IsPrimary => "Removing the primary key is not allowed",
        _ => string.Empty,
    };

    /// <summary>Adds a key behind the others; one that is there already changes nothing. The first one becomes primary.</summary>
    public KeyringResult Add(ReadOnlySpan<byte> key)
    {
        if (!GossipKey.TryFrom(key, out GossipKey? added)) return KeyringResult.WrongSize;
        if (!_keys.Contains(added)) _keys = [.. _keys, added];
        return KeyringResult.Done;
    }

    /// <summary>Makes a key the primary one.</summary>
    public KeyringResult Use(ReadOnlySpan<byte> key)
    {
        if (!GossipKey.TryFrom(key, out GossipKey? used) || !_keys.Contains(used)) return KeyringResult.NotThere;
        if (!_keys[0].Equals(used)) _keys = [used, .. _keys.Where(key => !key.Equals(used))];
        return KeyringResult.Done;
    }

    /// <summary>Removes a key; one that is not there changes nothing.</summary>
    public KeyringResult Remove(ReadOnlySpan<byte> key)
    {
        if (!GossipKey.TryFrom(key, out GossipKey? removed)) return KeyringResult.Done;
        if (Primary is { } primary && primary.Equals(removed)) return KeyringResult.IsPrimary;
        if (_keys.Contains(removed)) _keys = [.. _keys.Where(key => !key.Equals(removed))];
        return KeyringResult.Done;
    }
}
