namespace Consul.Fast.Storage.Snapshots;

/// <summary>A temporary file of a snapshot cannot be made or written; the message is for the user.</summary>
public sealed class SnapshotFileException : Exception
{
    public SnapshotFileException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
