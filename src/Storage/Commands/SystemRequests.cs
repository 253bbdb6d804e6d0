using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>What became of the gateways of a datacenter, proposed by the leader of the primary one.</summary>
public sealed record FederationStateRequest
{
    public const string Upsert = "upsert";
    public const string Delete = "delete";

    public string Datacenter { get; init; } = "";

    public string Op { get; init; } = "";

    public FederationState? State { get; init; }

    public string Token { get; init; } = "";
}

/// <summary>A fact about the state, proposed by the leader.</summary>
public sealed record SystemMetadataRequest
{
    public const string Upsert = "upsert";
    public const string Delete = "delete";

    public string Datacenter { get; init; } = "";

    public string Op { get; init; } = "";

    public SystemMetadataEntry? Entry { get; init; }

    public string Token { get; init; } = "";
}

/// <summary>A change of intentions, as far as this server tells them apart.</summary>
/// <param name="Op">One of <c>create</c>, <c>update</c>, <c>delete</c>, <c>delete-all</c>, <c>upsert</c>.</param>
/// <param name="IntentionId">Of the old form; empty when there is none.</param>
/// <param name="IsMutation">The present form, which changes configuration entries.</param>
internal readonly record struct IntentionRequest(string Op, string IntentionId, bool IsMutation);
