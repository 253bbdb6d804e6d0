using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Consul.Fast.Storage.Json;

/// <summary>Standard padded base64; line breaks between characters are allowed.</summary>
public static class JsonBase64
{
    private static ReadOnlySpan<byte> Digits => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;

    /// <param name="error"><c>illegal base64 data at input byte N</c>.</param>
    public static bool TryDecode(string text, out byte[] bytes, out string error)
    {
        error = "";
        byte[] source = Encoding.UTF8.GetBytes(text);
        bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(source.Length)];
        if (source.AsSpan().IndexOfAny((byte)' ', (byte)'\t') < 0
            && Base64.DecodeFromUtf8(source, bytes, out _, out int written) == OperationStatus.Done)
        {
            if (written != bytes.Length) bytes = bytes[..written];
            return true;
        }

        int fault = FaultOffset(source);
        bytes = fault < 0 ? DecodeIgnoringUnusedBits(source) : [];
        if (fault >= 0) error = string.Create(CultureInfo.InvariantCulture, $"illegal base64 data at input byte {fault}");
        return fault < 0;
    }

    /// <summary>The framework refuses texts whose last digit has bits that belong to no byte; Consul does not.</summary>
    private static byte[] DecodeIgnoringUnusedBits(ReadOnlySpan<byte> source)
    {
        var bytes = new List<byte>(source.Length);
        int bits = 0, held = 0;
        foreach (byte c in source)
        {
            int digit = Digits.IndexOf(c);
            if (digit < 0) continue;
            bits = ((bits << 6) | digit) & 0xffff;
            held += 6;
            if (held < 8) continue;
            held -= 8;
            bytes.Add((byte)(bits >> held));
        }

        return [.. bytes];
    }

    /// <summary>Offset of the first byte that cannot belong to the encoding, of the unfinished group at the end, or -1.</summary>
    private static int FaultOffset(ReadOnlySpan<byte> source)
    {
        int digits = 0;
        for (int i = 0; i < source.Length; i++)
        {
            byte c = source[i];
            if (c is (byte)'\r' or (byte)'\n') continue;
            if (Digits.Contains(c))
            {
                digits++;
                continue;
            }

            if (c != '=' || digits % 4 < 2) return i;
            int paddingLeft = digits % 4 == 2 ? 1 : 0;
            int next = i + 1;
            while (next < source.Length && (source[next] is (byte)'\r' or (byte)'\n' || (paddingLeft > 0 && source[next] == '=')))
            {
                if (source[next++] == '=') paddingLeft--;
            }

            if (next < source.Length) return paddingLeft > 0 ? next - 1 : next;
            return paddingLeft > 0 ? next : -1;
        }

        return digits % 4 == 0 ? -1 : source.Length - (digits % 4);
    }
}
