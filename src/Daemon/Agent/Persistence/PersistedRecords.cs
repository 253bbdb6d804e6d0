using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Agent.Persistence;

/// <summary>Where a definition came from: its own files, or the HTTP API, which may do less.</summary>
internal enum DefinitionSource
{
    Local,
    Remote,
}

/// <summary>A service as its file keeps it.</summary>
internal sealed record PersistedService(NodeService Service, string Token, DefinitionSource Source);

/// <summary>A check as its file keeps it.</summary>
/// <param name="Type">How it is run; null for a check that nobody runs, such as maintenance mode.</param>
internal sealed record PersistedCheck(HealthCheck Check, CheckDefinition? Type, string Token, DefinitionSource Source);

/// <summary>The last result of a TTL check.</summary>
/// <param name="Expires">Unix seconds from which on it says nothing any more.</param>
internal sealed record PersistedTtl(string CheckId, string Output, string Status, long Expires);
