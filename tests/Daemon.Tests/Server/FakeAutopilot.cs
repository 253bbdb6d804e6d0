using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Server;

namespace Consul.Fast.Daemon.Tests.Server;

/// <summary>Shows what a test says and notes whom it is to remove.</summary>
internal sealed class FakeAutopilot : IAutopilot
{
    public AutopilotState State { get; set; } = AutopilotState.None;

    public List<string> Removed { get; } = [];

    /// <summary>Why nothing can be removed, or null.</summary>
    public string? Refusal { get; set; }

    public ValueTask<string?> RemoveServerAsync(string serverId)
    {
        if (Refusal is null) Removed.Add(serverId);
        return new(Refusal);
    }
}
