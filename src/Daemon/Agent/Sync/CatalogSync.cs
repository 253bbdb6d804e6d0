using Consul.Fast.Daemon.Agent.Local;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Sync;

/// <summary>
/// Makes the catalog match the local state. A full sync finds all differences; a partial sync repairs those that are known.
/// Thread safe: passes follow each other.
/// </summary>
internal sealed class CatalogSync(
    LocalState state, ICatalog catalog, IHealth health, NodeIdentity node, TokenStore tokens, IMetrics metrics, ILogger logger)
    : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Passes begun so far, and how the last complete one ended. Written under the turn.</summary>
    private long _passes;
    private string? _lastError;

    public void Dispose() => _turn.Dispose();

    /// <summary>Compares everything with the catalog, then repairs; the error that ended the pass, or null.</summary>
    public async Task<string?> SyncFullAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await CompareAsync(cancellation).ConfigureAwait(false) ?? await RepairAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Repairs what is known to differ; the error that ended the pass, or null. Callers that wait for their turn together
    /// share one pass, so a cluster without a leader makes them wait once, not one after the other.
    /// </summary>
    public async Task<string?> SyncChangesAsync(CancellationToken cancellation)
    {
        long before = Volatile.Read(ref _passes);
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // A pass that began after this call has seen the caller's changes.
            return _passes > before ? _lastError : await RepairAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string?> CompareAsync(CancellationToken cancellation)
    {
        NodeSpecificRequest Request() => new() { Node = node.Name, Token = tokens.Agent, AllowStale = true, Cancellation = cancellation };
        RpcResult<NodeServices?> services = await catalog.NodeServicesAsync(Request()).ConfigureAwait(false);
        if (services.Error is not null) return services.Error;
        RpcResult<IReadOnlyList<HealthCheck>> checks = await health.NodeChecksAsync(Request()).ConfigureAwait(false);
        if (checks.Error is not null) return checks.Error;
        Node? remote = services.Value?.Node;
        bool same = remote is not null
            && remote.Id == node.Id
            && RecordComparison.Same(remote.TaggedAddresses, node.TaggedAddresses)
            && RecordComparison.Same(remote.Meta, state.Metadata);
        state.Compare(same, services.Value?.Services ?? [], checks.Value);
        return null;
    }

    private async Task<string?> RepairAsync(CancellationToken cancellation)
    {
        // Until it has ended in order, a pass counts as one that achieved nothing.
        _lastError = "interrupted";
        Volatile.Write(ref _passes, _passes + 1);
        _lastError = await RepairAllAsync(cancellation).ConfigureAwait(false);
        return _lastError;
    }

    private async Task<string?> RepairAllAsync(CancellationToken cancellation)
    {
        if (!state.NodeInfoInSync)
        {
            if (await SyncNodeInfoAsync().ConfigureAwait(false) is { } error) return error;
        }
        else
        {
            logger.NodeInfoInSync();
        }

        bool all = logger.IsEnabled(LogLevel.Debug);
        foreach (string id in state.ServiceIdsToSync(all))
        {
            cancellation.ThrowIfCancellationRequested();
            if (state.ServiceWork(id, TokenOf) is { } work && await SyncServiceAsync(work).ConfigureAwait(false) is { } error) return error;
        }

        foreach (string id in state.CheckIdsToSync(all))
        {
            cancellation.ThrowIfCancellationRequested();
            if (state.CheckWork(id, TokenOf) is { } work && await SyncCheckAsync(work).ConfigureAwait(false) is { } error) return error;
        }

        return null;
    }

    private async Task<string?> SyncNodeInfoAsync()
    {
        RegisterRequest request = Registration(tokens.Agent);
        string? error = (await catalog.RegisterAsync(request with { SkipNodeUpdate = false }).ConfigureAwait(false)).Error;
        if (error is null)
        {
            state.NodeInfoInSync = true;
            logger.SyncedNodeInfo();
            return null;
        }

        if (!IsRefusal(error)) return error;
        state.NodeInfoInSync = true;
        logger.NodeInfoBlocked(node.Name);
        metrics.IncrCounter("acl.blocked.node.registration");
        return null;
    }

    private async Task<string?> SyncServiceAsync(SyncWork work)
    {
        if (work.Action == SyncAction.None)
        {
            logger.ServiceInSync(work.Id);
            return null;
        }

        if (work.Action == SyncAction.Deregister) return await DeregisterServiceAsync(work).ConfigureAwait(false);
        RegisterRequest request = Registration(work.Token) with { Service = work.Service };
        // A single check travels in the field that the oldest servers know.
        request = work.Checks.Count == 1
            ? request with { Check = work.Checks[0].Check }
            : request with { Checks = [.. work.Checks.Select(static pending => pending.Check)] };
        string? error = (await catalog.RegisterAsync(request).ConfigureAwait(false)).Error;
        if (error is null)
        {
            state.ServiceSynced(work);
            state.NodeInfoInSync = true;
            logger.SyncedService(work.Id);
            return null;
        }

        if (!IsRefusal(error))
        {
            logger.ServiceSyncFailed(work.Id, error);
            return error;
        }

        state.ServiceSynced(work);
        logger.ServiceRegistrationBlocked(work.Id);
        metrics.IncrCounter("acl.blocked.service.registration");
        return null;
    }

    private async Task<string?> DeregisterServiceAsync(SyncWork work)
    {
        var request = new DeregisterRequest { Datacenter = node.Datacenter, Node = node.Name, ServiceId = work.Id, Token = work.Token };
        string? error = (await catalog.DeregisterAsync(request).ConfigureAwait(false)).Error;
        if (error is null || error.Contains("Unknown service", StringComparison.Ordinal))
        {
            state.ServiceDeregistered(work);
            logger.DeregisteredService(work.Id);
            return null;
        }

        if (!IsRefusal(error))
        {
            logger.ServiceDeregistrationFailed(work.Id, error);
            return error;
        }

        state.ServiceSynced(work);
        logger.ServiceDeregistrationBlocked(work.Id);
        metrics.IncrCounter("acl.blocked.service.deregistration");
        return null;
    }

    private async Task<string?> SyncCheckAsync(SyncWork work)
    {
        if (work.Action == SyncAction.None)
        {
            logger.CheckInSync(work.Id);
            return null;
        }

        if (work.Action == SyncAction.Deregister) return await DeregisterCheckAsync(work).ConfigureAwait(false);
        RegisterRequest request = Registration(work.Token) with { Service = work.Service, Check = work.Checks[0].Check };
        string? error = (await catalog.RegisterAsync(request).ConfigureAwait(false)).Error;
        if (error is null)
        {
            state.CheckSynced(work);
            state.NodeInfoInSync = true;
            logger.SyncedCheck(work.Id);
            return null;
        }

        if (!IsRefusal(error))
        {
            logger.CheckSyncFailed(work.Id, error);
            return error;
        }

        state.CheckSynced(work);
        logger.CheckRegistrationBlocked(work.Id);
        metrics.IncrCounter("acl.blocked.check.registration");
        return null;
    }

    private async Task<string?> DeregisterCheckAsync(SyncWork work)
    {
        var request = new DeregisterRequest { Datacenter = node.Datacenter, Node = node.Name, CheckId = work.Id, Token = work.Token };
        string? error = (await catalog.DeregisterAsync(request).ConfigureAwait(false)).Error;
        if (error is null || error.Contains("Unknown check", StringComparison.Ordinal))
        {
            state.CheckDeregistered(work);
            logger.DeregisteredCheck(work.Id);
            return null;
        }

        if (!IsRefusal(error))
        {
            logger.CheckDeregistrationFailed(work.Id, error);
            return error;
        }

        state.CheckSynced(work);
        logger.CheckDeregistrationBlocked(work.Id);
        metrics.IncrCounter("acl.blocked.check.deregistration");
        return null;
    }

    /// <summary>Every registration names the node; one whose node is in sync leaves the node's record alone.</summary>
    private RegisterRequest Registration(string token) => new()
    {
        Datacenter = node.Datacenter,
        Id = node.Id,
        Node = node.Name,
        Address = node.Address,
        TaggedAddresses = node.TaggedAddresses,
        NodeMeta = state.Metadata,
        SkipNodeUpdate = state.NodeInfoInSync,
        Token = token,
    };

    private string TokenOf(SyncAction action, string own) =>
        own.Length > 0 ? own : action == SyncAction.Deregister ? tokens.Agent : tokens.User;

    private static bool IsRefusal(string error) =>
        error.Contains(RpcErrors.PermissionDenied, StringComparison.Ordinal) || error.Contains("ACL not found", StringComparison.Ordinal);
}
