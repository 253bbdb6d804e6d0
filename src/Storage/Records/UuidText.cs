namespace Consul.Fast.Storage.Records;

/// <summary>The form that ids of stored records have in lookups: either case, hyphens anywhere.</summary>
public static class UuidText
{
    /// <summary>Most hex digits an id can have: as many as it has characters.</summary>
    public const int MaxDigits = Length;

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

    /// <summary>What keeps a text from being the id of a node, whose hyphens must be in their places, or null.</summary>
    public static string? CheckStrict(string text)
    {
        if (text.Length != Length) return "uuid string is wrong length";
        if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return "uuid is improperly formatted";
        for (int i = 0; i < Length; i++)
        {
            char c = text[i];
            if (i is not (8 or 13 or 18 or 23) && !char.IsAsciiHexDigit(c)) return $"encoding/hex: invalid byte: U+{(int)c:X4} '{c}'";
        }

        return null;
    }

    /// <summary>The lower-case hex digits of an id or of the beginning of one: the form that ids are compared in.</summary>
    /// <returns>How many there are, or -1 for a text that is not part of an id.</returns>
    public static int Normalize(string text, Span<byte> digits)
    {
        if (text.Length > Length) return -1;
        int count = 0;
        foreach (char c in text)
        {
            if (c == '-') continue;
            if (!char.IsAsciiHexDigit(c)) return -1;
            digits[count++] = (byte)(c is >= 'A' and <= 'F' ? c | 0x20 : c);
        }

        return count;
    }
}
