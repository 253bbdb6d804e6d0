using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Definitions;

/// <summary>Rules for values that files and the HTTP API share. Each answers the text of the first fault, or null.</summary>
internal static class DefinitionRules
{
    private const int MetadataPairsMax = 64;
    private const int MetadataKeyMax = 128;
    private const int MetadataValueMax = 512;
    private const string ReservedPrefix = "consul-";

    /// <param name="allowReserved">Keys that the agent itself sets may be there.</param>
    public static string? MetadataFault(SortedMap<string>? metadata, bool allowReserved)
    {
        if (metadata is null) return null;
        if (metadata.Count > MetadataPairsMax) return $"Node metadata cannot contain more than {MetadataPairsMax} key/value pairs";
        foreach ((string key, string value) in metadata)
        {
            if (PairFault(key, value, allowReserved) is { } fault) return $"Couldn't load metadata pair ('{key}', '{value}'): {fault}";
        }

        return null;
    }

    public static string? WeightsFault(ServiceWeights? weights)
    {
        if (weights is null) return null;
        if (weights.Passing < 1) return "Passing must be greater than 0";
        if (weights.Warning < 0) return "Warning must be greater or equal than 0";
        return weights.Passing > ushort.MaxValue || weights.Warning > ushort.MaxValue ? "DNS Weight must be between 0 and 65535" : null;
    }

    private static string? PairFault(string key, string value, bool allowReserved)
    {
        if (key.Length == 0) return "Key cannot be blank";
        if (!key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return "Key contains invalid characters";
        if (key.Length > MetadataKeyMax) return $"Key is too long (limit: {MetadataKeyMax} characters)";
        if (!allowReserved && key.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            return $"Key prefix '{ReservedPrefix}' is reserved for internal use";
        }

        return System.Text.Encoding.UTF8.GetByteCount(value) > MetadataValueMax
            ? $"Value is too long (limit: {MetadataValueMax} characters)" : null;
    }
}
