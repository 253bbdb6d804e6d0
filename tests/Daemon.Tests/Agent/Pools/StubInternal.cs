using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

/// <summary>Answers calls about the pools with what a test puts in, and remembers them.</summary>
internal sealed class StubInternal : IInternal
{
    public string? Error { get; set; }

    public IReadOnlyList<KeyringResponse> Pools { get; set; } = [];

    public EventFireRequest? Fired { get; private set; }

    public KeyringRequest? Operated { get; private set; }

    public static KeyringResponse Pool(bool wan, int nodes, string error = "", params (string Member, string Text)[] messages) => new(
        wan,
        "dc1",
        error,
        SortedMap<string>.Create(messages.Select(static m => KeyValuePair.Create(m.Member, m.Text))),
        SortedMap<int>.Create([new("a2V5", nodes), new("b2xk", 1)]),
        SortedMap<int>.Create([new("a2V5", nodes)]),
        nodes);

    public ValueTask<RpcResult<bool>> EventFireAsync(EventFireRequest request)
    {
        Fired = request;
        return new(Error is null ? RpcResult<bool>.Ok(true) : RpcResult<bool>.Fail(Error));
    }

    public ValueTask<RpcResult<IReadOnlyList<KeyringResponse>>> KeyringOperationAsync(KeyringRequest request)
    {
        Operated = request;
        return new(Error is null ? RpcResult<IReadOnlyList<KeyringResponse>>.Ok(Pools) : RpcResult<IReadOnlyList<KeyringResponse>>.Fail(Error));
    }

    public ValueTask<RpcResult<NodeInfo?>> NodeInfoAsync(NodeSpecificRequest request) => throw new NotSupportedException();

    public ValueTask<RpcResult<IReadOnlyList<NodeInfo>>> NodeDumpAsync(DcSpecificRequest request) => throw new NotSupportedException();

    public ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> ServiceDumpAsync(ServiceDumpRequest request) =>
        throw new NotSupportedException();
}
