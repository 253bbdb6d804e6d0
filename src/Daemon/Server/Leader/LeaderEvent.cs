using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Server.Leader;

internal enum LeaderEventKind
{
    /// <summary>Nothing but time has passed.</summary>
    Tick,
    Gained,
    Retake,
    MemberChanged,
}

/// <param name="Done">Gets null or the fault of a <see cref="LeaderEventKind.Retake"/>.</param>
/// <param name="Member">Whom <see cref="LeaderEventKind.MemberChanged"/> is about.</param>
/// <param name="IsReap">The pool has forgotten the member.</param>
/// <param name="Leadership">Cancelled when what was <see cref="LeaderEventKind.Gained"/> is lost.</param>
internal readonly record struct LeaderEvent(
    LeaderEventKind Kind,
    TaskCompletionSource<string?>? Done = null,
    Member? Member = null,
    bool IsReap = false,
    CancellationToken Leadership = default);
