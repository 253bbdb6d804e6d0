namespace Consul.Fast.Gossip.Wire.Streams;

/// <summary>How far a message on a stream is, or why there will be none.</summary>
internal enum StreamStatus : byte
{
    /// <summary>More bytes must come.</summary>
    NeedMore,

    /// <summary>The message is there.</summary>
    Complete,

    /// <summary>The peer closed without having sent a byte.</summary>
    Nothing,

    /// <summary>Another label than ours, none, one we did not ask for, or a damaged one. Closed without a word.</summary>
    WrongLabel,

    /// <summary>Plain, but only encrypted streams are taken.</summary>
    NotEncrypted,

    /// <summary>Encrypted, but there are no keys.</summary>
    NoKeys,

    /// <summary>No key fits.</summary>
    Undecryptable,

    /// <summary>Larger than <see cref="WireLimits.StreamBytesMax"/>, before or after expanding.</summary>
    TooLarge,

    /// <summary>What is around the message is damaged, or was cut off.</summary>
    BadWrapping,

    /// <summary>A type that does not come by stream. Closed without a word.</summary>
    WrongType,

    /// <summary>The message itself is damaged, or was cut off. Closed without a word.</summary>
    Malformed,
}

/// <summary>What a peer is told when its stream could not be read.</summary>
internal static class StreamErrors
{
    /// <summary>Text for an error message; empty when the stream is closed without one.</summary>
    public static ReadOnlyMemory<byte> TextOf(StreamStatus status) => status switch
    {
        StreamStatus.NotEncrypted => s_notEncrypted,
        StreamStatus.NoKeys => s_noKeys,
        StreamStatus.Undecryptable => s_undecryptable,
        StreamStatus.TooLarge => s_tooLarge,
        StreamStatus.BadWrapping => s_badWrapping,
        _ => default,
    };

    private static readonly ReadOnlyMemory<byte> s_notEncrypted = "Encryption is configured but remote state is not encrypted"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> s_noKeys = "Remote state is encrypted and encryption is not configured"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> s_undecryptable = "No installed keys could decrypt the message"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> s_tooLarge = "Remote node state is larger than limit"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> s_badWrapping = "Remote state is damaged or incomplete"u8.ToArray();
}
