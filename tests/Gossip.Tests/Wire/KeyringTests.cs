using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>Keys, their order, and what they encrypt.</summary>
public sealed class KeyringTests
{
    private static readonly byte[] s_message = [.. "some message of no particular length"u8];

    [Fact]
    public void Keys_keep_their_order_and_the_first_is_primary()
    {
        Keyring ring = new();
        Assert.True(ring.IsEmpty);
        Assert.Null(ring.Primary);
        Assert.Equal(KeyringResult.Done, ring.Add(Key(1, 16)));
        Assert.Equal(KeyringResult.Done, ring.Add(Key(2, 24)));
        Assert.Equal(KeyringResult.Done, ring.Add(Key(2, 24)));
        Assert.Equal(KeyringResult.Done, ring.Add(Key(3, 32)));
        Assert.Equal([Key(1, 16), Key(2, 24), Key(3, 32)], Bytes(ring));
        Assert.Equal(KeyringResult.Done, ring.Use(Key(3, 32)));
        Assert.Equal([Key(3, 32), Key(1, 16), Key(2, 24)], Bytes(ring));
        Assert.Equal(KeyringResult.Done, ring.Remove(Key(1, 16)));
        Assert.Equal(KeyringResult.Done, ring.Remove(Key(9, 16)));
        Assert.Equal([Key(3, 32), Key(2, 24)], Bytes(ring));
    }

    [Fact]
    public void Refused_changes_tell_the_operator_why()
    {
        Keyring ring = new(Vector.K1);
        Assert.Equal("key size must be 16, 24 or 32 bytes", Keyring.TextOf(ring.Add(new byte[17])));
        Assert.Equal("Requested key is not in the keyring", Keyring.TextOf(ring.Use(Key(9, 16))));
        Assert.Equal("Removing the primary key is not allowed", Keyring.TextOf(ring.Remove(Vector.K1.Bytes.Span)));
        Assert.Equal(string.Empty, Keyring.TextOf(KeyringResult.Done));
        Assert.Same(Vector.K1, Assert.Single(ring.Keys));
    }

    [Theory]
    [InlineData("AAECAwQFBgcICQoLDA0ODw==", true)]
    [InlineData("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=", true)]
    [InlineData("AAECAwQFBgcICQoLDA0ODw", false)]
    [InlineData("AAEC", false)]
    [InlineData("", false)]
    [InlineData("not base64", false)]
    public void Keys_are_read_from_base64(string text, bool valid)
    {
        Assert.Equal(valid, GossipKey.TryParse(text, out GossipKey? key));
        if (valid) Assert.Equal(text, key!.ToBase64());
    }

    [Fact]
    public void Generated_keys_have_32_bytes_and_differ()
    {
        Assert.Equal(32, GossipKey.Generate().Bytes.Length);
        Assert.NotEqual(GossipKey.Generate(), GossipKey.Generate());
    }

    [Theory]
    [InlineData(16, GossipCipher.CurrentVersion)]
    [InlineData(24, GossipCipher.CurrentVersion)]
    [InlineData(32, GossipCipher.CurrentVersion)]
    [InlineData(16, GossipCipher.PaddedVersion)]
    [InlineData(32, GossipCipher.PaddedVersion)]
    public void What_was_encrypted_decrypts_with_any_key_of_the_ring(int keyBytes, byte version)
    {
        Keyring theirs = new();
        theirs.Add(Key(5, keyBytes));
        Keyring ours = new(Vector.K1, Vector.K2);
        using GossipCipher sender = new(theirs);
        using GossipCipher receiver = new(ours);
        for (int length = 0; length < s_message.Length; length++)
        {
            byte[] encrypted = new byte[GossipCipher.SizeOf(length, version)];
            Assert.Equal(encrypted.Length, sender.Encrypt(s_message.AsSpan(0, length), "ad"u8, version, encrypted));
            byte[] plain = new byte[encrypted.Length];
            Assert.False(receiver.TryDecrypt(encrypted, "ad"u8, plain, out _));
            ours.Add(Key(5, keyBytes));
            Assert.True(receiver.TryDecrypt(encrypted, "ad"u8, plain, out int written));
            Assert.Equal(s_message[..length], plain[..written]);
            Assert.False(receiver.TryDecrypt(encrypted, "other"u8, plain, out _));
            ours.Remove(Key(5, keyBytes));
        }
    }

    [Theory]
    [InlineData(GossipCipher.CurrentVersion)]
    [InlineData(GossipCipher.PaddedVersion)]
    public void Any_changed_or_missing_byte_is_noticed(byte version)
    {
        using GossipCipher cipher = new(new Keyring(Vector.K1, Vector.K2));
        byte[] encrypted = new byte[GossipCipher.SizeOf(s_message.Length, version)];
        cipher.Encrypt(s_message, [], version, encrypted);
        byte[] plain = new byte[encrypted.Length];
        for (int i = 0; i < encrypted.Length; i++)
        {
            byte[] damaged = [.. encrypted];
            damaged[i] ^= 0x40;
            byte[] before = [.. damaged];
            Assert.False(cipher.TryDecrypt(damaged, [], plain, out int length));
            Assert.Equal(0, length);
            Assert.Equal(before, damaged);
            Assert.False(cipher.TryDecrypt(encrypted.AsSpan(0, i), [], plain, out _));
        }
    }

    [Fact]
    public void Wrong_padding_under_a_right_tag_is_refused()
    {
        using GossipCipher cipher = new(new Keyring(Vector.K1));
        byte[] plain = new byte[64];
        foreach (byte last in new byte[] { 0, 2, 17, 255 })
        {
            byte[] block = new byte[16];
            block[^1] = last;
            byte[] encrypted = new byte[GossipCipher.SizeOf(16, GossipCipher.CurrentVersion)];
            cipher.Encrypt(block, [], GossipCipher.CurrentVersion, encrypted);
            encrypted[0] = GossipCipher.PaddedVersion;
            Assert.False(cipher.TryDecrypt(encrypted, [], plain, out _));
        }
    }

    [Fact]
    public void Nonces_do_not_repeat()
    {
        using GossipCipher cipher = new(new Keyring(Vector.K1));
        HashSet<string> nonces = [];
        byte[] encrypted = new byte[GossipCipher.Overhead];
        for (int i = 0; i < 1000; i++)
        {
            cipher.Encrypt([], [], GossipCipher.CurrentVersion, encrypted);
            Assert.True(nonces.Add(Convert.ToHexString(encrypted.AsSpan(1, GossipCipher.NonceBytes))));
        }
    }

    private static byte[] Key(byte fill, int length)
    {
        byte[] key = new byte[length];
        Array.Fill(key, fill);
        return key;
    }

    private static IEnumerable<byte[]> Bytes(Keyring ring) => ring.Keys.Select(key => key.Bytes.ToArray());
}
