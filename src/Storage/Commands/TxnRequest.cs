using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>Txn.Apply and Txn.Read: operations that all happen or none.</summary>
public sealed record TxnRequest
{
    public string Datacenter { get; init; } = "";

    public IReadOnlyList<TxnOp> Ops { get; init; } = [];

    public string Token { get; init; } = "";
}

/// <summary>One operation; exactly one member is set.</summary>
public sealed record TxnOp
{
    public TxnKvOp? Kv { get; init; }

    public TxnNodeOp? Node { get; init; }

    public TxnServiceOp? Service { get; init; }

    public TxnCheckOp? Check { get; init; }

    public TxnSessionOp? Session { get; init; }
}

public sealed record TxnKvOp(string Verb, DirEntry DirEnt);

public sealed record TxnNodeOp(string Verb, Node Node);

public sealed record TxnServiceOp(string Verb, string Node, NodeService Service);

public sealed record TxnCheckOp(string Verb, HealthCheck Check);

public sealed record TxnSessionOp(string Verb, Session Session);

/// <summary>What a transaction returns; <see cref="Results"/> is null when there are errors.</summary>
public sealed record TxnResponse(IReadOnlyList<TxnResult>? Results, IReadOnlyList<TxnError>? Errors);

/// <summary>One result; exactly one member is set.</summary>
public sealed record TxnResult
{
    public DirEntry? Kv { get; init; }

    public Node? Node { get; init; }

    public NodeService? Service { get; init; }

    public HealthCheck? Check { get; init; }
}

public readonly record struct TxnError(int OpIndex, string What);
