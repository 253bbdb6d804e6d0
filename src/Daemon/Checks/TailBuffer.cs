using System.Text;

namespace Consul.Fast.Daemon.Checks;

/// <summary>Keeps the last bytes of an output of any length. One writer; readers take the same lock.</summary>
internal sealed class TailBuffer(int capacity)
{
    private readonly Lock _gate = new();
    private readonly byte[] _bytes = new byte[capacity];
    private int _next;
    private long _total;

    /// <summary>All bytes ever written.</summary>
    public long Total
    {
        get
        {
            lock (_gate) return _total;
        }
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            _total += data.Length;
            if (data.Length > capacity) data = data[^capacity..];
            int untilEnd = Math.Min(data.Length, capacity - _next);
            data[..untilEnd].CopyTo(_bytes.AsSpan(_next));
            data[untilEnd..].CopyTo(_bytes);
            _next = (_next + data.Length) % capacity;
        }
    }

    /// <summary>The kept bytes as text.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            if (_total <= capacity) return Encoding.UTF8.GetString(_bytes.AsSpan(0, (int)_total));
            var ordered = new byte[capacity];
            _bytes.AsSpan(_next).CopyTo(ordered);
            _bytes.AsSpan(0, _next).CopyTo(ordered.AsSpan(capacity - _next));
            return Encoding.UTF8.GetString(ordered);
        }
    }

    /// <summary>The kept bytes as text, saying so when something was cut.</summary>
    public string ToCapturedText()
    {
        lock (_gate) return _total > capacity ? $"Captured {capacity} of {_total} bytes\n...\n{this}" : ToString();
    }
}
