namespace Consul.Fast.Storage.Records;

/// <summary>A key of the key-value store. Keys are bytes, compared exactly.</summary>
public sealed class DirEntry
{
    private string? _modifyIndexText;

    public required byte[] Key { get; init; }

    /// <summary>Null and empty are the same to every rule.</summary>
    public byte[]? Value { get; init; }

    public ulong Flags { get; init; }

    /// <summary>How often the key was locked.</summary>
    public ulong LockIndex { get; init; }

    /// <summary>Session that holds the lock, or empty.</summary>
    public string Session { get; init; } = "";

    public ulong CreateIndex { get; init; }

    public ulong ModifyIndex { get; init; }

    /// <summary>The index as a header value, made once per version of the entry because every read of it needs it.</summary>
    public string ModifyIndexText => _modifyIndexText ??= ModifyIndex.ToString();
}
