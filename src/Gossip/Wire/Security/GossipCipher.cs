using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Consul.Fast.Gossip.Wire.Security;

/// <summary>
/// Encrypts and decrypts with the keys of a <see cref="Keyring"/>: version byte, nonce of 12 bytes, ciphertext, tag of 16.
/// Keeps one cipher per key and takes over changes of the ring by itself. Allocates nothing between such changes.
/// </summary>
/// <remarks>
/// The ciphers have state: one cipher object serves one thread at a time. Several may share a ring.
/// </remarks>
internal sealed class GossipCipher(Keyring keyring) : IDisposable
{
    /// <summary>Version with padding, as only nodes of the first protocol version write it.</summary>
    public const byte PaddedVersion = 0;

    public const byte CurrentVersion = 1;
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    /// <summary>Bytes before the ciphertext.</summary>
    public const int HeadBytes = 1 + NonceBytes;

    /// <summary>What encryption adds to a message in the current version.</summary>
    public const int Overhead = HeadBytes + TagBytes;

    private const int Block = 16;

    /// <summary>Nonces are drawn many at a time: asking the system for twelve bytes costs as much as for a thousand.</summary>
    private const int NoncesPerDraw = 64;

    private readonly byte[] _nonces = new byte[NoncesPerDraw * NonceBytes];
    private int _nonceOffset = NoncesPerDraw * NonceBytes;
    private ImmutableArray<GossipKey> _keys = [];
    private AesGcm[] _ciphers = [];

    /// <summary>False without keys: nothing can be encrypted or decrypted.</summary>
    public bool HasKeys => !keyring.IsEmpty;

    /// <summary>Encrypted size of a message.</summary>
    public static int SizeOf(int messageBytes, byte version) =>
        Overhead + messageBytes + (version == PaddedVersion ? Block - (messageBytes % Block) : 0);

    /// <summary>Encrypts under the primary key with a random nonce. The ring must have keys.</summary>
    /// <param name="output">Takes <see cref="SizeOf"/> bytes and does not overlap the message.</param>
    /// <returns>Bytes written.</returns>
    public int Encrypt(ReadOnlySpan<byte> message, ReadOnlySpan<byte> associated, byte version, Span<byte> output)
    {
        if (_nonceOffset == _nonces.Length)
        {
            RandomNumberGenerator.Fill(_nonces);
            _nonceOffset = 0;
        }

        ReadOnlySpan<byte> nonce = _nonces.AsSpan(_nonceOffset, NonceBytes);
        _nonceOffset += NonceBytes;
        return Encrypt(message, associated, version, nonce, output);
    }

    /// <summary>As above with a given nonce, which must never be used twice under one key.</summary>
    public int Encrypt(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> associated, byte version, ReadOnlySpan<byte> nonce, Span<byte> output)
    {
        Synchronize();
        int size = SizeOf(message.Length, version);
        output = output[..size];
        output[0] = version;
        nonce.CopyTo(output[1..]);
        Span<byte> body = output[HeadBytes..^TagBytes];
        Span<byte> tag = output[^TagBytes..];
        if (version != PaddedVersion)
        {
            _ciphers[0].Encrypt(nonce, message, body, tag, associated);
            return size;
        }

        byte padding = (byte)(body.Length - message.Length);
        byte[] padded = GC.AllocateUninitializedArray<byte>(body.Length);
        message.CopyTo(padded);
        padded.AsSpan(message.Length).Fill(padding);
        _ciphers[0].Encrypt(nonce, padded, body, tag, associated);
        return size;
    }

    /// <summary>
    /// Decrypts with whichever key fits. False when none does, and for an unknown version, a payload too short, or wrong
    /// padding. Nothing is thrown, so that a flood of foreign packets stays cheap.
    /// </summary>
    /// <param name="payload">From the version byte to the tag. It is written to, but its bytes stay what they are.</param>
    /// <param name="output">Takes as many bytes as the ciphertext has; holds garbage afterwards when the result is false.</param>
    public bool TryDecrypt(Span<byte> payload, ReadOnlySpan<byte> associated, Span<byte> output, out int length)
    {
        Synchronize();
        length = 0;
        if (payload.IsEmpty || payload[0] > CurrentVersion) return false;
        bool isPadded = payload[0] == PaddedVersion;
        if (payload.Length < (isPadded ? Overhead + Block : Overhead)) return false;
        ReadOnlySpan<byte> nonce = payload[1..HeadBytes];
        Span<byte> body = payload[HeadBytes..^TagBytes];
        Span<byte> tag = payload[^TagBytes..];
        Span<byte> plain = output[..body.Length];
        foreach (AesGcm cipher in _ciphers)
        {
            if (!TryOpen(cipher, nonce, body, tag, associated, plain)) continue;
            length = isPadded ? Unpadded(plain) : plain.Length;
            return length >= 0;
        }

        return false;
    }

    public void Dispose()
    {
        foreach (AesGcm cipher in _ciphers) cipher.Dispose();
        _ciphers = [];
        _keys = [];
    }

    /// <summary>
    /// The library's decryption throws on a wrong tag. GCM only adds a key stream, so encrypting the ciphertext gives the
    /// plaintext, and encrypting that gives the ciphertext again, over itself, and the tag to compare.
    /// </summary>
    private static bool TryOpen(
        AesGcm cipher, ReadOnlySpan<byte> nonce, Span<byte> body, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated, Span<byte> plain)
    {
        Span<byte> computed = stackalloc byte[TagBytes];
        cipher.Encrypt(nonce, body, plain, computed);
        cipher.Encrypt(nonce, plain, body, computed, associated);
        return CryptographicOperations.FixedTimeEquals(computed, tag);
    }

    /// <summary>Length without padding; -1 when that is no padding.</summary>
    private static int Unpadded(ReadOnlySpan<byte> plain)
    {
        int padding = plain.IsEmpty ? 0 : plain[^1];
        bool valid = padding is >= 1 and <= Block && padding <= plain.Length && !plain[^padding..].ContainsAnyExcept((byte)padding);
        return valid ? plain.Length - padding : -1;
    }

    private void Synchronize()
    {
        ImmutableArray<GossipKey> keys = keyring.Keys;
        if (keys == _keys) return;
        var ciphers = new AesGcm[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            int known = _keys.IndexOf(keys[i]);
            ciphers[i] = known >= 0 ? _ciphers[known] : new AesGcm(keys[i].Bytes.Span, TagBytes);
        }

        foreach (AesGcm old in _ciphers)
        {
            if (!ciphers.Contains(old)) old.Dispose();
        }

        _keys = keys;
        _ciphers = ciphers;
    }
}
