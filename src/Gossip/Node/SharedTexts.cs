using System.Text;

namespace Consul.Fast.Gossip.Node;

/// <summary>
/// Short texts that come again and again as one object: a pool of ten thousand members has ten thousand times the same tags.
/// Remembers a bounded number and forgets one for another. Thread safe.
/// </summary>
internal static class SharedTexts
{
    private const int Slots = 1024;
    private const int BytesMax = 64;
    private static readonly string?[] s_texts = new string?[Slots];

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return "";
        if (utf8.Length > BytesMax) return Encoding.UTF8.GetString(utf8);
        Span<char> chars = stackalloc char[BytesMax];
        ReadOnlySpan<char> text = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        ref string? slot = ref s_texts[string.GetHashCode(text) & (Slots - 1)];
        string? known = Volatile.Read(ref slot);
        if (known is not null && text.SequenceEqual(known)) return known;
        string fresh = text.ToString();
        Volatile.Write(ref slot, fresh);
        return fresh;
    }
}
