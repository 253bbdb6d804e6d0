using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Consul.Fast.Gossip.Wire.Security;

/// <summary>One encryption key of a pool: 16, 24 or 32 bytes. Immutable, safe on any thread. Never shown by <c>ToString</c>.</summary>
public sealed class GossipKey : IEquatable<GossipKey>
{
    private readonly byte[] _bytes;

    private GossipKey(byte[] bytes) => _bytes = bytes;

    internal ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The bytes of the key, to be sent to other members. They are not copied.</summary>
    public static implicit operator ReadOnlyMemory<byte>(GossipKey key) => key.Bytes;

    /// <summary>A new random key.</summary>
    public static GossipKey Generate(int length = 32) => new(RandomNumberGenerator.GetBytes(length));

    /// <summary>False unless there are 16, 24 or 32 bytes, which are copied.</summary>
    public static bool TryFrom(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out GossipKey? key)
    {
        key = bytes.Length is 16 or 24 or 32 ? new GossipKey(bytes.ToArray()) : null;
        return key is not null;
    }

    /// <summary>Reads the text form: standard base64 with padding.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out GossipKey? key)
    {
        Span<byte> bytes = stackalloc byte[48];
        key = null;
        return text.Length <= 64 && Convert.TryFromBase64String(text, bytes, out int written) && TryFrom(bytes[..written], out key);
    }

    /// <summary>The text form, as in key lists and the keyring file.</summary>
    public string ToBase64() => Convert.ToBase64String(_bytes);

    public bool Equals(GossipKey? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override bool Equals(object? obj) => Equals(obj as GossipKey);

    public override int GetHashCode() => BitConverter.ToInt32(SHA256.HashData(_bytes));
}
