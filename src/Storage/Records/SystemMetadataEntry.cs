namespace Consul.Fast.Storage.Records;

/// <summary>A fact about the replicated state itself, such as the form in which intentions are kept. Immutable.</summary>
/// <param name="Key">Compared without regard to case.</param>
public sealed record SystemMetadataEntry(string Key, string Value, ulong CreateIndex = 0, ulong ModifyIndex = 0)
{
    /// <summary>The key that tells how intentions are kept.</summary>
    public const string IntentionFormat = "intention-format";

    /// <summary>Its value once they are configuration entries.</summary>
    public const string IntentionsAreConfigEntries = "config-entry";
}
