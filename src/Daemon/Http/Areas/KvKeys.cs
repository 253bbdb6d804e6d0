using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>Lists of keys, shown like folders.</summary>
internal static class KvKeys
{
    /// <summary>
    /// The keys of entries in byte order, each cut after the first separator beyond the prefix, each result once.
    /// </summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Cut(IReadOnlyList<DirEntry> entries, int prefixLength, byte[] separator)
    {
        var keys = new List<ReadOnlyMemory<byte>>(separator.Length == 0 ? entries.Count : 0);
        for (int i = 0; i < entries.Count; i++)
        {
            ReadOnlyMemory<byte> key = entries[i].Key;
            int at = separator.Length == 0 ? -1 : key.Span[prefixLength..].IndexOf(separator);
            if (at >= 0) key = key[..(prefixLength + at + separator.Length)];
            // Keys with the same cut stand next to each other.
            if (keys.Count == 0 || !keys[^1].Span.SequenceEqual(key.Span)) keys.Add(key);
        }

        return keys;
    }
}
