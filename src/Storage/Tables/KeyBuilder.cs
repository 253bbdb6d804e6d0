using System.Text;

namespace Consul.Fast.Storage.Tables;

/// <summary>
/// Builds the key of a row: parts separated by a zero byte, names in lower case. Starts in the caller's stack memory and
/// moves to the heap only for keys that do not fit.
/// </summary>
internal ref struct KeyBuilder(Span<byte> initial)
{
    /// <summary>Stack bytes that hold nearly every key.</summary>
    public const int StackSize = 256;

    private Span<byte> _buffer = initial;
    private int _length;

    public readonly ReadOnlySpan<byte> Span => _buffer[.._length];

    public readonly byte[] ToArray() => Span.ToArray();

    public void AddSeparator() => Add([0]);

    public void Clear() => _length = 0;

    public void Add(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Text without regard to case.</summary>
    public void AddLower(string text)
    {
        Span<byte> target = Reserve(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c >= 0x80)
            {
                Add(Encoding.UTF8.GetBytes(text.ToLowerInvariant()));
                return;
            }

            target[i] = (byte)(c is >= 'A' and <= 'Z' ? c | 0x20 : c);
        }

        _length += text.Length;
    }

    public void AddExact(string text)
    {
        Span<byte> target = Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, target);
    }

    private Span<byte> Reserve(int count)
    {
        if (_length + count > _buffer.Length)
        {
            byte[] larger = new byte[Math.Max(_buffer.Length * 2, _length + count)];
            Span.CopyTo(larger);
            _buffer = larger;
        }

        return _buffer[_length..];
    }
}
