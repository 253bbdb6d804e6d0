using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Catalog;

/// <summary>A catalog that answers what a test puts in and remembers what it was asked.</summary>
internal sealed class StubCatalog : ICatalog
{
    public QueryMeta Meta { get; set; } = new(7, TimeSpan.Zero, knownLeader: true);

    public string? Error { get; set; }

    public IReadOnlyList<Node> Nodes { get; set; } = [];

    public IReadOnlyList<ServiceTags> Services { get; set; } = [];

    public IReadOnlyList<ServiceInstance> Instances { get; set; } = [];

    public NodeServices? NodeServices { get; set; }

    public QueryRequest? Asked { get; private set; }

    public RegisterRequest? Registered { get; private set; }

    public DeregisterRequest? Deregistered { get; private set; }

    public ValueTask<RpcResult<bool>> RegisterAsync(RegisterRequest request)
    {
        Registered = request;
        return Answer(true);
    }

    public ValueTask<RpcResult<bool>> DeregisterAsync(DeregisterRequest request)
    {
        Deregistered = request;
        return Answer(true);
    }

    public ValueTask<RpcResult<IReadOnlyList<string>>> ListDatacentersAsync(DatacentersRequest request) =>
        Answer<IReadOnlyList<string>>(["dc1"]);

    public ValueTask<RpcResult<IReadOnlyList<Node>>> ListNodesAsync(DcSpecificRequest request) => Ask(request, Nodes);

    public ValueTask<RpcResult<IReadOnlyList<ServiceTags>>> ListServicesAsync(DcSpecificRequest request) => Ask(request, Services);

    public ValueTask<RpcResult<IReadOnlyList<string>>> ServiceListAsync(DcSpecificRequest request) =>
        Ask<IReadOnlyList<string>>(request, [.. Services.Select(static s => s.Service)]);

    public ValueTask<RpcResult<IReadOnlyList<ServiceInstance>>> ServiceNodesAsync(ServiceSpecificRequest request) =>
        Ask(request, Instances);

    public ValueTask<RpcResult<NodeServices?>> NodeServicesAsync(NodeSpecificRequest request) => Ask(request, NodeServices);

    private ValueTask<RpcResult<T>> Ask<T>(QueryRequest request, T value)
    {
        Asked = request;
        return Answer(value);
    }

    private ValueTask<RpcResult<T>> Answer<T>(T value) => new(Error is null ? RpcResult<T>.Ok(value, Meta) : RpcResult<T>.Fail(Error));
}

/// <summary>The same for health.</summary>
internal sealed class StubHealth : IHealth
{
    public string? Error { get; set; }

    public IReadOnlyList<HealthCheck> Checks { get; set; } = [];

    public IReadOnlyList<CheckServiceNode> Instances { get; set; } = [];

    public QueryRequest? Asked { get; private set; }

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ChecksInStateAsync(ChecksInStateRequest request) => Ask(request, Checks);

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> NodeChecksAsync(NodeSpecificRequest request) => Ask(request, Checks);

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ServiceChecksAsync(ServiceSpecificRequest request) => Ask(request, Checks);

    public ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> ServiceNodesAsync(ServiceSpecificRequest request) =>
        Ask(request, Instances);

    private ValueTask<RpcResult<T>> Ask<T>(QueryRequest request, T value)
    {
        Asked = request;
        var meta = new QueryMeta(7, TimeSpan.FromMilliseconds(12), knownLeader: true);
        return new(Error is null ? RpcResult<T>.Ok(value, meta) : RpcResult<T>.Fail(Error));
    }
}
