using Consul.Fast.Consensus.Autopilot;

namespace Consul.Fast.Daemon.Server;

/// <summary>The autopilot as operators reach it. Thread safe.</summary>
internal interface IAutopilot
{
    /// <summary>The last look at the servers; <see cref="AutopilotState.None"/> on a server that does not lead.</summary>
    AutopilotState State { get; }

    /// <summary>Takes a server out of the Raft configuration; one that is not in it is no fault.</summary>
    /// <returns>Null when done, otherwise the error text.</returns>
    ValueTask<string?> RemoveServerAsync(string serverId);
}
