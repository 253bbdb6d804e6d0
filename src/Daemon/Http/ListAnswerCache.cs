using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;

namespace Consul.Fast.Daemon.Http;

/// <summary>
/// Lists that are asked for again and again, written once per change. An answer is reused only when the list asked for
/// consists of the same rows; rows are immutable, so the same rows give the same bytes. Thread safe.
/// </summary>
/// <param name="write">Writes the list.</param>
/// <param name="same">Whether two items consist of the same rows; cheap.</param>
internal sealed class ListAnswerCache<T>(Action<Utf8JsonWriter, IReadOnlyList<T>> write, Func<T, T, bool> same)
{
    /// <summary>Answers of thousands of rows are rare and would push out everything else.</summary>
    private const int MaxAnswerBytes = 1024 * 1024;

    /// <summary>Beyond this the cache starts anew; what is in use comes back with its next request.</summary>
    private const long MaxTotalBytes = 8 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.Ordinal);
    private long _totalBytes;

    /// <summary>Answers 200 with the list.</summary>
    /// <param name="key">What was asked for; each distinct question has its own answer.</param>
    public void Send(HttpExchange exchange, string key, IReadOnlyList<T> items)
    {
        if (items.Count == 0 || exchange.IsPretty)
        {
            exchange.Json(items, write);
            return;
        }

        byte[] bytes = _answers.TryGetValue(key, out Answer? answer) && answer.IsOf(items, same) ? answer.Bytes : Render(key, items);
        Span<byte> body = exchange.BeginBody(bytes.Length, HttpExchange.JsonContentType, out IBufferWriter<byte> output);
        bytes.CopyTo(body);
        output.Advance(bytes.Length);
    }

    private byte[] Render(string key, IReadOnlyList<T> items)
    {
        var buffer = new PooledBuffer();
        byte[] bytes;
        try
        {
            using (var writer = new Utf8JsonWriter(buffer, JsonLayout.Compact)) write(writer, items);
            bytes = buffer.WrittenSpan.ToArray();
        }
        finally
        {
            buffer.Clear();
        }

        if (bytes.Length > MaxAnswerBytes) return bytes;
        int before = _answers.TryGetValue(key, out Answer? replaced) ? replaced.Bytes.Length : 0;
        if (Interlocked.Add(ref _totalBytes, bytes.Length - before) > MaxTotalBytes)
        {
            _answers.Clear();
            Interlocked.Exchange(ref _totalBytes, bytes.Length);
        }

        _answers[key] = new Answer([.. items], bytes);
        return bytes;
    }

    private sealed class Answer(T[] items, byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public bool IsOf(IReadOnlyList<T> asked, Func<T, T, bool> same)
        {
            if (asked.Count != items.Length) return false;
            for (int i = 0; i < items.Length; i++)
            {
                if (!same(items[i], asked[i])) return false;
            }

            return true;
        }
    }
}
