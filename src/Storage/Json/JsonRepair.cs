using System.Buffers;
using System.Globalization;
using System.Text;

namespace Consul.Fast.Storage.Json;

/// <summary>
/// Replaces what no UTF-8 text may hold by U+FFFD, as Consul's decoder does silently: invalid bytes, and <c>\u</c> escapes
/// that are half of a surrogate pair. Works on texts that the scanner has accepted.
/// </summary>
public static class JsonRepair
{
    private static ReadOnlySpan<byte> Replacement => "\ufffd"u8;

    public static byte[] Repair(ReadOnlySpan<byte> text)
    {
        var repaired = new ArrayBufferWriter<byte>(text.Length + 16);
        while (!text.IsEmpty)
        {
            int length = 1;
            bool keep = true;
            if (text[0] == '\\' && TryReadEscape(text, out int unit))
            {
                length = 6;
                keep = unit is < 0xd800 or > 0xdfff;
                if (unit is >= 0xd800 and < 0xdc00 && TryReadEscape(text[6..], out int second) && second is >= 0xdc00 and <= 0xdfff)
                {
                    length = 12;
                    keep = true;
                }
            }
            else if (text[0] == '\\')
            {
                length = 2;
            }
            else if (text[0] >= 0x80)
            {
                keep = Rune.DecodeFromUtf8(text, out _, out int runeLength) == OperationStatus.Done;
                if (keep) length = runeLength;
            }

            repaired.Write(keep ? text[..length] : Replacement);
            text = text[length..];
        }

        return repaired.WrittenSpan.ToArray();
    }

    /// <summary>Reads a <c>\uXXXX</c> escape at the start.</summary>
    public static bool TryReadEscape(ReadOnlySpan<byte> text, out int unit)
    {
        unit = 0;
        return text.Length >= 6 && text[0] == '\\' && text[1] == 'u'
            && int.TryParse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out unit);
    }
}
