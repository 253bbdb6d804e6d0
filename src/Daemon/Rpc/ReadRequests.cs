using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Daemon.Rpc;

/// <summary>A read that needs nothing but its datacenter.</summary>
public sealed class DcSpecificRequest : QueryRequest;

/// <summary>The list of datacenters; unlike every other read it is meant for no datacenter.</summary>
public sealed class DatacentersRequest : QueryRequest;

public sealed class KeyRequest : QueryRequest
{
    /// <summary>Key or prefix, valid until the call completes.</summary>
    public ReadOnlyMemory<byte> Key { get; set; }

    public override void Reset()
    {
        base.Reset();
        Key = default;
    }
}

/// <summary>Keys without their values, shown like folders when there is a separator.</summary>
public sealed class KeyListRequest : QueryRequest
{
    /// <summary>Valid until the call completes.</summary>
    public ReadOnlyMemory<byte> Prefix { get; set; }

    /// <summary>Keys are cut after its first occurrence beyond the prefix; empty for whole keys. Valid until the call completes.</summary>
    public ReadOnlyMemory<byte> Separator { get; set; }

    public override void Reset()
    {
        base.Reset();
        Prefix = default;
        Separator = default;
    }
}

public sealed class NodeSpecificRequest : QueryRequest
{
    public string Node { get; set; } = "";

    public override void Reset()
    {
        base.Reset();
        Node = "";
    }
}

/// <summary>Instances of one service. Which selector counts when several are given is the matter of each read.</summary>
public sealed class ServiceSpecificRequest : QueryRequest
{
    public string ServiceName { get; set; } = "";

    /// <summary>Looked at with <see cref="TagFilter"/> only.</summary>
    public IReadOnlyList<string>? ServiceTags { get; set; }

    /// <summary>The single tag of callers older than 1.3; a non-empty one replaces the list.</summary>
    public string ServiceTag { get; set; } = "";

    public bool TagFilter { get; set; }

    /// <summary>Instances of any service that listen on this address, instead of those of one service.</summary>
    public string ServiceAddress { get; set; } = "";

    /// <summary>Instances that can be reached over the mesh: native ones and proxies.</summary>
    public bool Connect { get; set; }

    /// <summary>Ingress gateways that expose the service.</summary>
    public bool Ingress { get; set; }

    /// <summary>The kind of the service itself; only the topology looks at it.</summary>
    public string ServiceKind { get; set; } = "";

    /// <summary>Tags that must all be present, compared without case; null for no tag filter.</summary>
    public IReadOnlyList<string>? RequiredTags => !TagFilter ? null : ServiceTag.Length > 0 ? [ServiceTag] : ServiceTags ?? [];

    public override void Reset()
    {
        base.Reset();
        ServiceName = "";
        ServiceTags = null;
        ServiceTag = "";
        TagFilter = false;
        ServiceAddress = "";
        Connect = false;
        Ingress = false;
        ServiceKind = "";
    }
}

public sealed class ChecksInStateRequest : QueryRequest
{
    public string State { get; set; } = "";

    public override void Reset()
    {
        base.Reset();
        State = "";
    }
}

public sealed class SessionSpecificRequest : QueryRequest
{
    public string SessionId { get; set; } = "";

    public override void Reset()
    {
        base.Reset();
        SessionId = "";
    }
}

/// <summary>A transaction of reads.</summary>
public sealed class TxnReadRequest : QueryRequest
{
    public IReadOnlyList<TxnOp> Ops { get; set; } = [];

    public override void Reset()
    {
        base.Reset();
        Ops = [];
    }
}

/// <summary>Instances of all services.</summary>
public sealed class ServiceDumpRequest : QueryRequest
{
    /// <summary>Empty for services that are part of no mesh. Looked at with <see cref="UseServiceKind"/> only.</summary>
    public string ServiceKind { get; set; } = "";

    public bool UseServiceKind { get; set; }

    public override void Reset()
    {
        base.Reset();
        ServiceKind = "";
        UseServiceKind = false;
    }
}

/// <summary>A user event that a server broadcasts in its datacenter.</summary>
public sealed class EventFireRequest : QueryRequest
{
    /// <summary>Without the prefix that such events have in the gossip pool.</summary>
    public string Name { get; set; } = "";

    /// <summary>The encoded event.</summary>
    public byte[] Payload { get; set; } = [];

    public override void Reset()
    {
        base.Reset();
        Name = "";
        Payload = [];
    }
}

/// <summary>A change of the gossip pools' keys, or a count of them.</summary>
public sealed class KeyringRequest : QueryRequest
{
    /// <summary>One of <see cref="KeyringOperations"/>.</summary>
    public string Operation { get; set; } = "";

    /// <summary>In base64; empty for a list.</summary>
    public string Key { get; set; } = "";

    /// <summary>Helpers that relay each answer once more.</summary>
    public byte RelayFactor { get; set; }

    /// <summary>Ask the pool of the datacenter only. Lists alone may be local.</summary>
    public bool LocalOnly { get; set; }

    /// <summary>Comes from a server of another datacenter, which asks all others itself.</summary>
    public bool Forwarded { get; set; }

    public override void Reset()
    {
        base.Reset();
        Operation = "";
        Key = "";
        RelayFactor = 0;
        LocalOnly = false;
        Forwarded = false;
    }
}

/// <summary>Names of the operations, as on the wire.</summary>
public static class KeyringOperations
{
    public const string List = "list";
    public const string Install = "install";
    public const string Use = "use";
    public const string Remove = "remove";
}
