using System.Text;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.State;

/// <summary>Limits on the metadata of services. They are part of the replicated history: every replica refuses the same.</summary>
internal static class ServiceMeta
{
    private const int MaxPairs = 64;
    private const int MaxKeyLength = 128;
    private const int MaxValueLength = 512;
    private const string ReservedPrefix = "consul-";
    private const string MeshGateway = "mesh-gateway";
    private const string WanFederation = "consul-wan-federation";

    /// <returns>Null, or what is wrong.</returns>
    public static string? Check(string kind, SortedMap<string>? meta)
    {
        if (meta is null) return null;
        if (meta.Count > MaxPairs) return $"Node metadata cannot contain more than {MaxPairs} key/value pairs";
        foreach ((string key, string value) in meta)
        {
            if (CheckPair(kind, key, value) is { } fault) return $"Couldn't load metadata pair ('{key}', '{value}'): {fault}";
        }

        return null;
    }

    private static string? CheckPair(string kind, string key, string value)
    {
        if (key.Length == 0) return "Key cannot be blank";
        if (!key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) return "Key contains invalid characters";
        if (key.Length > MaxKeyLength) return $"Key is too long (limit: {MaxKeyLength} characters)";
        bool reserved = key.StartsWith(ReservedPrefix, StringComparison.Ordinal) && !(kind == MeshGateway && key == WanFederation);
        if (reserved) return $"Key prefix '{ReservedPrefix}' is reserved for internal use";
        // The limit counts bytes, as the reference does.
        return Encoding.UTF8.GetByteCount(value) > MaxValueLength ? $"Value is too long (limit: {MaxValueLength} characters)" : null;
    }
}
