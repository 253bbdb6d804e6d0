namespace Consul.Fast.Gossip.Wire.Lzw;

/// <summary>Constants of the one form of LZW in use: least significant bit first, literals of 8 bits, codes of 9 to 12.</summary>
internal static class LzwCode
{
    public const int Clear = 256;
    public const int End = 257;
    public const int WidthMin = 9;
    public const int WidthMax = 12;

    /// <summary>Codes that exist.</summary>
    public const int Count = 1 << WidthMax;

    /// <summary>The encoder starts over when it would define this code.</summary>
    public const int EncoderLast = Count - 1;

    /// <summary>Stands for "no string".</summary>
    public const int None = -1;

    /// <summary>Bytes that encoding never exceeds: 12 bits for each byte and the codes around them.</summary>
    public static int EncodedBytesMax(int length) => (int)Math.Min(length + (length / 2L) + (length / 1024L) + 8, Array.MaxLength);
}
