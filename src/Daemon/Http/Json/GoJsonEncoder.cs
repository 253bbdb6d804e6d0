using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace Consul.Fast.Daemon.Http.Json;

/// <summary>
/// Escapes JSON text byte for byte as Consul does: quotes, backslashes and control characters, the HTML-sensitive
/// <c>&lt; &gt; &amp;</c>, the two Unicode line separators, and invalid UTF-8 as <c>\ufffd</c>. All else goes out raw.
/// </summary>
internal sealed unsafe class GoJsonEncoder : JavaScriptEncoder
{
    public static readonly GoJsonEncoder Instance = new();

    private const string HexDigits = "0123456789abcdef";
    private const char LineSeparator = '\u2028';
    private const char ParagraphSeparator = '\u2029';

    private static readonly char[] s_plain = [.. Enumerable.Range(0x20, 0x60).Select(c => (char)c).Except(['"', '\\', '<', '>', '&'])];
    private static readonly SearchValues<char> s_plainChars = SearchValues.Create(s_plain);
    private static readonly SearchValues<byte> s_plainBytes = SearchValues.Create([.. s_plain.Select(c => (byte)c)]);

    private GoJsonEncoder()
    {
    }

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar < 0x80
        ? !s_plainChars.Contains((char)unicodeScalar)
        : unicodeScalar is LineSeparator or ParagraphSeparator;

    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var rest = new ReadOnlySpan<char>(text, textLength);
        int position = 0;
        while (true)
        {
            int next = rest.IndexOfAnyExcept(s_plainChars);
            if (next < 0) return -1;
            position += next;
            rest = rest[next..];
            char c = rest[0];
            if (c < 0x80 || c is LineSeparator or ParagraphSeparator) return position;
            int length = 1;
            if (char.IsSurrogate(c))
            {
                if (rest.Length < 2 || !char.IsSurrogatePair(c, rest[1])) return position;
                length = 2;
            }

            position += length;
            rest = rest[length..];
        }
    }

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
    {
        int position = 0;
        while (true)
        {
            int next = utf8Text[position..].IndexOfAnyExcept(s_plainBytes);
            if (next < 0) return -1;
            position += next;
            int length = PlainLength(utf8Text[position..]);
            if (length == 0) return position;
            position += length;
        }
    }

    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        Span<byte> escaped = stackalloc byte[6];
        int length = Escape((char)unicodeScalar, escaped);
        numberOfCharactersWritten = 0;
        if (length > bufferLength) return false;
        for (int i = 0; i < length; i++) buffer[i] = (char)escaped[i];
        numberOfCharactersWritten = length;
        return true;
    }

    public override OperationStatus EncodeUtf8(
        ReadOnlySpan<byte> utf8Source, Span<byte> utf8Destination, out int bytesConsumed, out int bytesWritten, bool isFinalBlock = true)
    {
        bytesConsumed = 0;
        bytesWritten = 0;
        Span<byte> escaped = stackalloc byte[6];
        while (bytesConsumed < utf8Source.Length)
        {
            ReadOnlySpan<byte> rest = utf8Source[bytesConsumed..];
            int special = FindFirstCharacterToEncodeUtf8(rest);
            int plain = special < 0 ? rest.Length : special;
            if (!rest[..plain].TryCopyTo(utf8Destination[bytesWritten..])) return OperationStatus.DestinationTooSmall;
            bytesConsumed += plain;
            bytesWritten += plain;
            if (special < 0) break;
            rest = rest[plain..];
            OperationStatus decoded = Rune.DecodeFromUtf8(rest, out Rune scalar, out int length);
            if (decoded == OperationStatus.NeedMoreData && !isFinalBlock) return OperationStatus.NeedMoreData;
            bool valid = decoded == OperationStatus.Done;
            int escapedLength = Escape(valid ? (char)scalar.Value : '\ufffd', escaped);
            if (!escaped[..escapedLength].TryCopyTo(utf8Destination[bytesWritten..])) return OperationStatus.DestinationTooSmall;
            bytesConsumed += valid ? length : 1;
            bytesWritten += escapedLength;
        }

        return OperationStatus.Done;
    }

    /// <summary>Length of the character at the start when it may go out raw, else 0.</summary>
    private static int PlainLength(ReadOnlySpan<byte> text)
    {
        if (text[0] < 0x80) return s_plainBytes.Contains(text[0]) ? 1 : 0;
        if (Rune.DecodeFromUtf8(text, out Rune scalar, out int length) != OperationStatus.Done) return 0;
        return scalar.Value is LineSeparator or ParagraphSeparator ? 0 : length;
    }

    private static int Escape(char c, Span<byte> escaped)
    {
        escaped[0] = (byte)'\\';
        byte shortForm = c switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            _ => 0,
        };
        if (shortForm != 0)
        {
            escaped[1] = shortForm;
            return 2;
        }

        escaped[1] = (byte)'u';
        for (int i = 0; i < 4; i++) escaped[2 + i] = (byte)HexDigits[(c >> (12 - (4 * i))) & 0xf];
        return 6;
    }
}
