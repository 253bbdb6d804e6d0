using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config;

/// <summary>The rules for metadata of nodes and services.</summary>
internal static class Metadata
{
    private const int MaxPairs = 64;
    private const int MaxKeyLength = 128;
    private const int MaxValueLength = 512;
    private const string ReservedPrefix = "consul-";

    /// <summary>What is wrong with the metadata, or null.</summary>
    public static string? Fault(SortedMap<string>? meta)
    {
        if (meta is null) return null;
        if (meta.Count > MaxPairs) return "Node metadata cannot contain more than 64 key/value pairs";
        foreach ((string key, string value) in meta)
        {
            if (Fault(key, value) is { } fault) return $"Couldn't load metadata pair ('{key}', '{value}'): {fault}";
        }

        return null;
    }

    private static string? Fault(string key, string value)
    {
        if (key.Length == 0) return "Key cannot be blank";
        foreach (char c in key)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) return "Key contains invalid characters";
        }

        if (key.Length > MaxKeyLength) return "Key is too long (limit: 128 characters)";
        if (key.StartsWith(ReservedPrefix, StringComparison.Ordinal)) return "Key prefix 'consul-' is reserved for internal use";
        return System.Text.Encoding.UTF8.GetByteCount(value) > MaxValueLength ? "Value is too long (limit: 512 characters)" : null;
    }
}
