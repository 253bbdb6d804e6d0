using System.Threading.Channels;
using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>Makes the pool treat a failed server as one that left. Null when done, otherwise the error text.</summary>
internal delegate Task<string?> ForceLeave(string name);

/// <summary>
/// Every change that this leader makes to the servers of the Raft cluster, one after the other, each decided on what the one
/// before has left. Thread safe.
/// </summary>
internal sealed class ServerMembership(
    IConsensus consensus, PoolServers pool, AutopilotPolicies policies, ForceLeave forceLeave, ILogger logger, ILogger autopilotLogger)
    : IServerMembership, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Channel<bool> _pruneRequests =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Something was added, so that dead servers may have become expendable.</summary>
    public ChannelReader<bool> PruneRequests => _pruneRequests.Reader;

    private ClusterConfiguration Configuration => consensus.Configuration.Configuration;

    public void Dispose() => _turn.Dispose();

    public async ValueTask<string?> AddAsync(Member member, ServerTags server)
    {
        if (server.Bootstrap && pool.OtherBootstrapServer(member.Name) is { } other)
        {
            AutopilotLog.TwoBootstrapServers(logger, member.Name, other);
            return null;
        }

        string address = server.Address.ToString();
        await _turn.WaitAsync();
        try
        {
            AdditionPlan plan = AdditionRules.Decide(Configuration, server.Id, address);
            if (plan.Error is not null || plan.Change is null) return plan.Error;
            foreach (string id in plan.Removals)
            {
                if (await TakeOutAsync(id) is { } failed)
                    return $"error removing server {GoText.Quote(id)} with duplicate address {GoText.Quote(address)}: {failed}";
                AutopilotLog.DuplicateRemoved(autopilotLogger, address);
            }

            if (await PutAsync(plan.Change) is { } error) return error;
        }
        finally
        {
            _turn.Release();
        }

        _pruneRequests.Writer.TryWrite(true);
        return null;
    }

    public ValueTask<string?> RemoveAsync(string name, ServerTags server) => RemoveServerAsync(server.Id);

    /// <summary>Takes a server out of the configuration; one that is not in it is no fault.</summary>
    /// <returns>Null when done, otherwise the error text.</returns>
    public async ValueTask<string?> RemoveServerAsync(string id)
    {
        await _turn.WaitAsync();
        try
        {
            return Configuration.Servers.Any(s => s.Id == id) ? await TakeOutAsync(id) : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives a vote to the servers that have earned it.</summary>
    /// <returns>Null when done, otherwise the error text.</returns>
    public async ValueTask<string?> PromoteAsync(AutopilotState state, DateTimeOffset now)
    {
        if (await policies.GetAsync() is not { } policy) return null;
        if (state.Leader.Length == 0) return "Cannote reconcile Raft server voting rights without a valid autopilot state";
        IReadOnlyList<ServerState> due = PromotionRules.Due(state, policy, now);
        if (due.Count == 0) return null;
        await _turn.WaitAsync();
        try
        {
            foreach (KnownServer server in due.Select(static s => s.Server))
            {
                // It may have been removed or moved since that look; adding it now would bring it back.
                if (!Configuration.Servers.Any(s => s.Id == server.Id && s.Address == server.Address)) continue;
                AutopilotLog.Promoting(autopilotLogger, server.Id, server.Address, server.Name);
                if (await PutAsync(new ConfigurationChange(ConfigurationChangeKind.AddVoter, server.Id, server.Address)) is { } error)
                    return $"failed promoting server {server.Id}: {error}";
            }

            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes the dead servers that are safe to remove.</summary>
    /// <returns>Null when done, otherwise the error text.</returns>
    public async ValueTask<string?> PruneAsync(CancellationToken cancellation)
    {
        if (await policies.GetAsync() is not { CleanupDeadServers: true } policy) return null;
        List<Task> leaving = [];
        await _turn.WaitAsync(cancellation);
        try
        {
            Dictionary<string, KnownServer> known = pool.Read().ToDictionary(static s => s.Known.Id, static s => s.Known);
            foreach (PruningStep step in PruningRules.Plan(Configuration, known, policy))
            {
                if (await CarryOutAsync(step, policy, leaving) is { } error) return error;
            }
        }
        finally
        {
            _turn.Release();
        }

        // Outside the turn: a server that has left comes back here to be taken out of the configuration.
        await Task.WhenAll(leaving).WaitAsync(cancellation);
        return null;
    }

    private async ValueTask<string?> CarryOutAsync(PruningStep step, AutopilotPolicy policy, List<Task> leaving)
    {
        switch (step.Action)
        {
            case PruningAction.ForceLeave:
                leaving.Add(ForceLeaveAsync(step.Failed!));
                return null;
            case PruningAction.Remove:
                if (!step.HasVote) AutopilotLog.RemovingStale(autopilotLogger, step.Id);
                return await TakeOutAsync(step.Id);
            case PruningAction.KeepForMinQuorum:
                AutopilotLog.KeptForMinQuorum(autopilotLogger, step.Id, policy.MinQuorum);
                return null;
            default:
                AutopilotLog.KeptForMajority(autopilotLogger, step.Id);
                return null;
        }
    }

    private async Task ForceLeaveAsync(KnownServer server)
    {
        AutopilotLog.RemovingFailed(autopilotLogger, server.Id, server.Name, server.Address);
        string? error;
        try
        {
            error = await forceLeave(server.Name);
        }
        catch (OperationCanceledException)
        {
            error = PoolFaults.Stopped;
        }

        if (error is not null) AutopilotLog.ForceLeaveFailed(logger, server.Name, server.Id, error);
    }

    private async ValueTask<string?> PutAsync(ConfigurationChange change)
    {
        string? error = (await consensus.ChangeConfigurationAsync(change)).Error;
        if (error is null) return null;
        if (change.Kind == ConfigurationChangeKind.AddVoter)
            AutopilotLog.VoterNotAdded(autopilotLogger, change.ServerId, change.Address, error);
        else
            AutopilotLog.NonVoterNotAdded(autopilotLogger, change.ServerId, change.Address, error);
        return error;
    }

    private async ValueTask<string?> TakeOutAsync(string id)
    {
        AutopilotLog.Removing(autopilotLogger, id);
        string? error = (await consensus.ChangeConfigurationAsync(new ConfigurationChange(ConfigurationChangeKind.Remove, id))).Error;
        if (error is null) AutopilotLog.Removed(autopilotLogger, id);
        else AutopilotLog.NotRemoved(autopilotLogger, id, error);
        return error;
    }
}
