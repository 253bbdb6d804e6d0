namespace Consul.Fast.Storage.State;

/// <summary>Rows with the index that a blocking query on them waits beyond.</summary>
/// <param name="Index">As computed by the index rules; may be 0, which callers report as 1.</param>
public readonly record struct QueryResult<T>(ulong Index, T Value);
