using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>
/// A list of one entry, the answer to most reads of a key, written at its exact length straight into the connection's
/// buffer. The bytes are those that <see cref="RecordJson"/> gives.
/// </summary>
internal static class KvEntryJson
{
    private const int MaxDirectValue = 256 * 1024;

    // Characters that JSON takes as they are, in keys and session ids.
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5f).Select(static c => (byte)c).Except("\"\\<>&"u8.ToArray())]);

    /// <summary>True when an entry can be written without escaping anything.</summary>
    public static bool IsDirect(DirEntry entry) =>
        (entry.Value?.Length ?? 0) <= MaxDirectValue && !entry.Key.AsSpan().ContainsAnyExcept(Plain);

    public static int Length(DirEntry entry)
    {
        int value = entry.Value is { Length: > 0 } bytes ? Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 2 : "null".Length;
        int session = entry.Session.Length == 0 ? 0 : ",\"Session\":\"\""u8.Length + Encoding.UTF8.GetByteCount(entry.Session);
        return "[{\"LockIndex\":,\"Key\":\"\",\"Flags\":,\"Value\":,\"CreateIndex\":,\"ModifyIndex\":}]"u8.Length
            + Digits(entry.LockIndex) + entry.Key.Length + Digits(entry.Flags) + value + session
            + Digits(entry.CreateIndex) + Digits(entry.ModifyIndex);
    }

    /// <summary>Fills a span of exactly <see cref="Length"/> bytes.</summary>
    public static void Write(DirEntry entry, Span<byte> output)
    {
        var writer = new Cursor(output);
        writer.Append("[{\"LockIndex\":"u8);
        writer.Append(entry.LockIndex);
        writer.Append(",\"Key\":\""u8);
        writer.Append(entry.Key);
        writer.Append("\",\"Flags\":"u8);
        writer.Append(entry.Flags);
        writer.Append(",\"Value\":"u8);
        if (entry.Value is { Length: > 0 } value) writer.AppendBase64(value);
        else writer.Append("null"u8);
        if (entry.Session.Length > 0)
        {
            writer.Append(",\"Session\":\""u8);
            writer.Append(entry.Session);
            writer.Append("\""u8);
        }

        writer.Append(",\"CreateIndex\":"u8);
        writer.Append(entry.CreateIndex);
        writer.Append(",\"ModifyIndex\":"u8);
        writer.Append(entry.ModifyIndex);
        writer.Append("}]"u8);
        if (!writer.IsFull) throw new InvalidOperationException("the length of an entry was computed wrongly");
    }

    public static void WriteList(Utf8JsonWriter writer, IReadOnlyList<DirEntry> entries)
    {
        writer.WriteStartArray();
        for (int i = 0; i < entries.Count; i++) RecordJson.Write(writer, entries[i]);
        writer.WriteEndArray();
    }

    private static int Digits(ulong value)
    {
        int digits = 1;
        for (; value >= 10; value /= 10) digits++;
        return digits;
    }

    private ref struct Cursor(Span<byte> output)
    {
        private Span<byte> _rest = output;

        public readonly bool IsFull => _rest.IsEmpty;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_rest);
            _rest = _rest[bytes.Length..];
        }

        public void Append(ulong number)
        {
            Utf8Formatter.TryFormat(number, _rest, out int written);
            _rest = _rest[written..];
        }

        public void Append(string text) => _rest = _rest[Encoding.UTF8.GetBytes(text, _rest)..];

        public void AppendBase64(ReadOnlySpan<byte> value)
        {
            _rest[0] = (byte)'"';
            Base64.EncodeToUtf8(value, _rest[1..], out _, out int written);
            _rest[written + 1] = (byte)'"';
            _rest = _rest[(written + 2)..];
        }
    }
}
