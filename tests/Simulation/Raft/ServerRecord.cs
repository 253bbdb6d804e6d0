using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>What the checks remember of a server from its step before.</summary>
internal sealed class ServerRecord
{
    public RaftRole Role { get; private set; }

    public ulong Term { get; private set; }

    public ulong CommitIndex { get; private set; }

    public ulong LastIndex { get; private set; }

    public ulong SnapshotIndex { get; private set; }

    public ulong SnapshotTerm { get; private set; }

    public ConfigurationPoint Latest { get; private set; } = ConfigurationPoint.None;

    /// <summary>What it knows after a start is what its disk tells.</summary>
    public void OnStart(SimServer server) => Take(server.Core);

    public void Take(RaftCore core)
    {
        Role = core.Role;
        Term = core.Term;
        CommitIndex = core.CommitIndex;
        LastIndex = core.LastIndex;
        SnapshotIndex = core.SnapshotIndex;
        SnapshotTerm = core.SnapshotTerm;
        Latest = core.Latest;
    }
}

/// <summary>Something happened that must never happen.</summary>
internal sealed class InvariantException(string message) : Exception(message);
