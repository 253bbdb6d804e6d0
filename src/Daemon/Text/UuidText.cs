namespace Consul.Fast.Daemon.Text;

/// <summary>The form that ids of stored records have in lookups.</summary>
internal static class UuidText
{
    private const int Length = 36;
    private const int MaxHyphens = 4;

    /// <summary>What keeps a text from being an id, or null.</summary>
    public static string? Check(string text)
    {
        if (text.Length != Length) return "UUID must be 36 characters";
        int hyphens = text.AsSpan().Count('-');
        if (hyphens > MaxHyphens) return $"UUID should have maximum of 4 \"-\"; got {hyphens}";
        if ((Length - hyphens) % 2 != 0) return "Input (without hyphens) must be even length";
        foreach (char c in text)
        {
            if (c != '-' && !char.IsAsciiHexDigit(c)) return $"Invalid UUID: encoding/hex: invalid byte: U+{(int)c:X4} '{c}'";
        }

        return null;
    }
}
