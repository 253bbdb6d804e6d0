using System.Text;

namespace Consul.Fast.Daemon.Http;

/// <summary>
/// The query string of one request. Pairs are slices of the raw text; only what is escaped or asked for becomes a string.
/// Reused from request to request.
/// </summary>
internal sealed class QueryParameters
{
    private string _text = "";
    private Pair[] _pairs = [];
    private int _count;

    /// <summary>Number of pairs.</summary>
    public int Count => _count;

    /// <summary>Takes the part of a request target after <paramref name="start"/>.</summary>
    /// <returns>
    /// False when an escape is broken or a pair holds a semicolon, which some take for a separator and others do not; what
    /// could be read stays readable.
    /// </returns>
    public bool Parse(string target, int start)
    {
        Clear();
        if (start >= target.Length) return true;
        _text = target;
        bool valid = true;
        while (start <= target.Length)
        {
            int end = target.IndexOf('&', start);
            if (end < 0) end = target.Length;
            if (end > start) valid &= !target.AsSpan(start, end - start).Contains(';') && AddPair(start, end);
            start = end + 1;
        }

        return valid;
    }

    public void Clear()
    {
        Array.Clear(_pairs, 0, _count);
        _count = 0;
        _text = "";
    }

    /// <summary>Whether the parameter is there, with or without a value.</summary>
    public bool Has(string name) => Find(name) >= 0;

    /// <summary>The first value; empty when given without one, null when absent.</summary>
    public string? Get(string name)
    {
        int index = Find(name);
        return index < 0 ? null : ValueAt(index);
    }

    /// <summary>All values in order, empty when absent.</summary>
    public IReadOnlyList<string> GetAll(string name)
    {
        List<string>? values = null;
        for (int i = 0; i < _count; i++)
        {
            if (IsNamed(i, name)) (values ??= []).Add(ValueAt(i));
        }

        return values ?? (IReadOnlyList<string>)[];
    }

    /// <summary>The whole query in its normal form: pairs ordered by name, everything but unreserved characters escaped.</summary>
    public string Encode()
    {
        var result = new StringBuilder();
        IEnumerable<(string Name, string Value)> pairs = Enumerable.Range(0, _count).Select(i => (NameAt(i), ValueAt(i)));
        foreach ((string name, string value) in pairs.OrderBy(static p => p.Name, StringComparer.Ordinal))
        {
            if (result.Length > 0) result.Append('&');
            AppendEscaped(result, name);
            result.Append('=');
            AppendEscaped(result, value);
        }

        return result.ToString();
    }

    private int Find(string name)
    {
        for (int i = 0; i < _count; i++)
        {
            if (IsNamed(i, name)) return i;
        }

        return -1;
    }

    private bool IsNamed(int index, string name)
    {
        ref Pair pair = ref _pairs[index];
        return pair.Name is { } decoded ? decoded == name : _text.AsSpan(pair.Start, pair.NameLength).SequenceEqual(name);
    }

    private string NameAt(int index) => _pairs[index].Name ??= _text.Substring(_pairs[index].Start, _pairs[index].NameLength);

    private string ValueAt(int index)
    {
        ref Pair pair = ref _pairs[index];
        return pair.Value ??= pair.ValueStart >= pair.End ? "" : _text[pair.ValueStart..pair.End];
    }

    private bool AddPair(int start, int end)
    {
        int equals = _text.IndexOf('=', start, end - start);
        int nameEnd = equals < 0 ? end : equals;
        int valueStart = equals < 0 ? end : equals + 1;
        var pair = new Pair { Start = start, NameLength = nameEnd - start, ValueStart = valueStart, End = end };
        if (!TryUnescape(_text.AsSpan(start, nameEnd - start), out pair.Name)) return false;
        if (!TryUnescape(_text.AsSpan(valueStart, end - valueStart), out pair.Value)) return false;
        if (_count == _pairs.Length) Array.Resize(ref _pairs, Math.Max(4, _count * 2));
        _pairs[_count++] = pair;
        return true;
    }

    /// <param name="decoded">Null when the text is its own decoded form.</param>
    private static bool TryUnescape(ReadOnlySpan<char> text, out string? decoded)
    {
        decoded = null;
        if (!text.ContainsAny('%', '+')) return true;
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '+')
            {
                bytes[length++] = (byte)' ';
            }
            else if (text[i] != '%')
            {
                length += Encoding.UTF8.GetBytes(text.Slice(i, 1), bytes.AsSpan(length));
            }
            else if (i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes[length++] = (byte)((UrlPath.HexValue(text[i + 1]) << 4) | UrlPath.HexValue(text[i + 2]));
                i += 2;
            }
            else
            {
                return false;
            }
        }

        decoded = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }

    private static void AppendEscaped(StringBuilder result, string text)
    {
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~') result.Append((char)b);
            else if (b == ' ') result.Append('+');
            else result.Append('%').Append(Convert.ToHexString([b]));
        }
    }

    private struct Pair
    {
        public int Start;
        public int NameLength;
        public int ValueStart;
        public int End;
        public string? Name;
        public string? Value;
    }
}
