using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.State;

/// <summary>Reads of the autopilot's configuration.</summary>
public sealed partial class ClusterState
{
    /// <summary>Null until a leader has stored one.</summary>
    public AutopilotConfiguration? Autopilot => Tables.Autopilot;
}
