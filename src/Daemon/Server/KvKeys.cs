using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Daemon.Server;

/// <summary>Lists of keys, shown like folders.</summary>
internal static class KvKeys
{
    /// <summary>
    /// The keys of entries in byte order, each cut after the first separator beyond the prefix, each result once.
    /// </summary>
    public static List<ReadOnlyMemory<byte>> Cut(KvRange entries, int prefixLength, ReadOnlySpan<byte> separator)
    {
        var keys = new List<ReadOnlyMemory<byte>>();
        foreach (DirEntry entry in entries)
        {
            ReadOnlyMemory<byte> key = entry.Key;
            int at = separator.IsEmpty ? -1 : key.Span[prefixLength..].IndexOf(separator);
            if (at >= 0) key = key[..(prefixLength + at + separator.Length)];
            // Keys with the same cut stand next to each other.
            if (keys.Count == 0 || !keys[^1].Span.SequenceEqual(key.Span)) keys.Add(key);
        }

        return keys;
    }
}
