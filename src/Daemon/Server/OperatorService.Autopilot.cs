using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server;

/// <summary>The autopilot's settings and what it sees.</summary>
internal sealed partial class OperatorService
{
    private const string ApplyPrefix = "raft apply failed: ";

    public ValueTask<RpcResult<AutopilotConfiguration>> AutopilotGetConfigurationAsync(DcSpecificRequest request) => new(
        server.Store.Current.Autopilot is { } configuration
            ? RpcResult<AutopilotConfiguration>.Ok(configuration)
            : RpcResult<AutopilotConfiguration>.Fail("autopilot config not initialized yet"));

    public async ValueTask<RpcResult<bool>> AutopilotSetConfigurationAsync(AutopilotRequest request)
    {
        ProposalResult result = await commands.ProposeAsync(request);
        return ProposalError.Of(result) is { } error
            ? RpcResult<bool>.Fail(ApplyPrefix + error)
            : RpcResult<bool>.Ok(result.Value is true);
    }

    public ValueTask<RpcResult<AutopilotHealth>> ServerHealthAsync(DcSpecificRequest request)
    {
        AutopilotState state = autopilot.State;
        return new(RpcResult<AutopilotHealth>.Ok(
            new AutopilotHealth(state.Healthy, state.FailureTolerance, [.. state.Servers.Select(HealthOf)])));
    }

    public ValueTask<RpcResult<AutopilotState>> AutopilotStateAsync(DcSpecificRequest request) =>
        new(RpcResult<AutopilotState>.Ok(autopilot.State));

    private static AutopilotServerHealth HealthOf(ServerState state) => new(
        state.Server.Id,
        state.Server.Name,
        state.Server.Address,
        (int)SerfStatusOf(state.Server.Status),
        state.Server.Version,
        state.Standing == ServerStanding.Leader,
        state.Stats.LastContactNs,
        state.Stats.LastTerm,
        state.Stats.LastIndex,
        state.Healthy,
        state.HasVote,
        state.StableSince);

    private static MemberStatus SerfStatusOf(string status) => status switch
    {
        NodeStatus.Alive => MemberStatus.Alive,
        NodeStatus.Left => MemberStatus.Left,
        NodeStatus.Failed => MemberStatus.Failed,
        _ => MemberStatus.None,
    };
}
