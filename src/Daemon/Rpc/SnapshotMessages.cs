namespace Consul.Fast.Daemon.Rpc;

/// <summary>What goes before an archive on a snapshot connection.</summary>
/// <param name="Operation">What to do; other numbers come from newer peers and are refused.</param>
internal sealed record SnapshotRequest(string Datacenter, string Token, bool AllowStale, SnapshotOperation Operation);

/// <summary>The numbers are on the wire.</summary>
internal enum SnapshotOperation : long
{
    /// <summary>The archive follows the response.</summary>
    Save = 0,

    /// <summary>The archive follows the request.</summary>
    Restore = 1,
}
