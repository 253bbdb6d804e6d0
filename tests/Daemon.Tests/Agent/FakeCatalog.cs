using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Agent;

/// <summary>A catalog of one node in memory that counts writes and can be told to fail.</summary>
internal sealed class FakeCatalog : ICatalog, IHealth
{
    private readonly Lock _gate = new();
    private ulong _index = 1;

    public Node? Node { get; private set; }

    public SortedDictionary<string, NodeService> Services { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, HealthCheck> Checks { get; } = new(StringComparer.Ordinal);

    public List<RegisterRequest> Registrations { get; } = [];

    public List<DeregisterRequest> Deregistrations { get; } = [];

    /// <summary>Answers an error for a registration, or null to let it pass.</summary>
    public Func<RegisterRequest, string?> FailRegister { get; set; } = static _ => null;

    public Func<DeregisterRequest, string?> FailDeregister { get; set; } = static _ => null;

    public Func<string?> FailRead { get; set; } = static () => null;

    public int Writes
    {
        get
        {
            lock (_gate) return Registrations.Count + Deregistrations.Count;
        }
    }

    public HealthCheck? Check(string id)
    {
        lock (_gate) return Checks.GetValueOrDefault(id);
    }

    public NodeService? Service(string id)
    {
        lock (_gate) return Services.GetValueOrDefault(id);
    }

    public void Put(HealthCheck check)
    {
        lock (_gate)
        {
            Checks[check.CheckId] = check;
            _index++;
        }
    }

    public ValueTask<RpcResult<bool>> RegisterAsync(RegisterRequest request)
    {
        lock (_gate)
        {
            Registrations.Add(request);
            if (FailRegister(request) is { } error) return new(RpcResult<bool>.Fail(error));
            if (!request.SkipNodeUpdate || Node is null)
            {
                Node = new Node
                {
                    Id = request.Id,
                    Name = request.Node,
                    Address = request.Address,
                    Datacenter = request.Datacenter,
                    TaggedAddresses = request.TaggedAddresses,
                    Meta = request.NodeMeta,
                };
            }

            if (request.Service is { } service) Services[service.Id] = service;
            foreach (HealthCheck check in request.Checks ?? []) Checks[check.CheckId] = check;
            if (request.Check is { } single) Checks[single.CheckId] = single;
            _index++;
            return new(RpcResult<bool>.Ok(true));
        }
    }

    public ValueTask<RpcResult<bool>> DeregisterAsync(DeregisterRequest request)
    {
        lock (_gate)
        {
            Deregistrations.Add(request);
            if (FailDeregister(request) is { } error) return new(RpcResult<bool>.Fail(error));
            if (request.CheckId.Length > 0) Checks.Remove(request.CheckId);
            if (request.ServiceId.Length > 0)
            {
                Services.Remove(request.ServiceId);
                string[] gone = [.. Checks.Values.Where(c => c.ServiceId == request.ServiceId).Select(static c => c.CheckId)];
                foreach (string id in gone) Checks.Remove(id);
            }

            _index++;
            return new(RpcResult<bool>.Ok(true));
        }
    }

    public ValueTask<RpcResult<NodeServices?>> NodeServicesAsync(NodeSpecificRequest request)
    {
        lock (_gate)
        {
            if (FailRead() is { } error) return new(RpcResult<NodeServices?>.Fail(error));
            return new(RpcResult<NodeServices?>.Ok(Node is null ? null : new NodeServices(Node, [.. Services.Values]), Meta()));
        }
    }

    public async ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> NodeChecksAsync(NodeSpecificRequest request)
    {
        while (request.MinQueryIndex > 0)
        {
            lock (_gate)
            {
                if (_index > request.MinQueryIndex || FailRead() is not null) break;
            }

            await Task.Delay(5, request.Cancellation);
        }

        lock (_gate)
        {
            if (FailRead() is { } error) return RpcResult<IReadOnlyList<HealthCheck>>.Fail(error);
            return RpcResult<IReadOnlyList<HealthCheck>>.Ok([.. Checks.Values], Meta());
        }
    }

    ValueTask<RpcResult<IReadOnlyList<string>>> ICatalog.ListDatacentersAsync(DatacentersRequest request) =>
        throw new NotSupportedException();

    ValueTask<RpcResult<IReadOnlyList<Node>>> ICatalog.ListNodesAsync(DcSpecificRequest request) =>
        throw new NotSupportedException();

    ValueTask<RpcResult<IReadOnlyList<ServiceTags>>> ICatalog.ListServicesAsync(DcSpecificRequest request) =>
        throw new NotSupportedException();

    ValueTask<RpcResult<IReadOnlyList<string>>> ICatalog.ServiceListAsync(DcSpecificRequest request) =>
        throw new NotSupportedException();

    ValueTask<RpcResult<IReadOnlyList<ServiceInstance>>> ICatalog.ServiceNodesAsync(ServiceSpecificRequest request) =>
        throw new NotSupportedException();

    ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> IHealth.ChecksInStateAsync(ChecksInStateRequest request) =>
        throw new NotSupportedException();

    ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> IHealth.ServiceChecksAsync(ServiceSpecificRequest request) =>
        throw new NotSupportedException();

    ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> IHealth.ServiceNodesAsync(ServiceSpecificRequest request) =>
        throw new NotSupportedException();

    private QueryMeta Meta() => new(_index, TimeSpan.Zero, true);
}
