using System.Net;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>The addresses of the agent; templates are expanded, defaults derived.</summary>
internal sealed record AddressConfig
{
    /// <summary>Cluster traffic; may be the any-address.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Any;

    /// <summary>What LAN members use for this agent; never the any-address.</summary>
    public IPAddress AdvertiseLan { get; init; } = IPAddress.Loopback;

    public IPAddress AdvertiseWan { get; init; } = IPAddress.Loopback;

    /// <summary>Where the HTTP, HTTPS, gRPC and DNS listeners open unless they have their own.</summary>
    public IReadOnlyList<ListenAddress> Client { get; init; } = [ListenAddress.Ip(IPAddress.Loopback, 0)];

    /// <summary>Server RPC listener.</summary>
    public IPEndPoint RpcBind { get; init; } = new(IPAddress.Any, 8300);

    /// <summary>What other servers are told to dial for RPC and Raft.</summary>
    public IPEndPoint RpcAdvertise { get; init; } = new(IPAddress.Loopback, 8300);

    public IPEndPoint SerfLanBind { get; init; } = new(IPAddress.Any, 8301);

    public IPEndPoint SerfLanAdvertise { get; init; } = new(IPAddress.Loopback, 8301);

    /// <summary>Null when WAN federation is off.</summary>
    public IPEndPoint? SerfWanBind { get; init; } = new(IPAddress.Any, 8302);

    public IPEndPoint? SerfWanAdvertise { get; init; } = new(IPAddress.Loopback, 8302);

    /// <summary>The listeners below are empty when their port is off.</summary>
    public IReadOnlyList<ListenAddress> Http { get; init; } = [ListenAddress.Ip(IPAddress.Loopback, 8500)];

    public IReadOnlyList<ListenAddress> Https { get; init; } = [];

    public IReadOnlyList<ListenAddress> Grpc { get; init; } = [];

    /// <summary>Each opens for UDP and TCP.</summary>
    public IReadOnlyList<IPEndPoint> Dns { get; init; } = [new IPEndPoint(IPAddress.Loopback, 8600)];

    /// <summary>The node's addresses by name: <c>lan</c>, <c>lan_ipv4</c>, <c>wan</c>, <c>wan_ipv4</c>, … and configured ones.</summary>
    public SortedMap<string> Tagged { get; init; } = SortedMap<string>.Empty;
}

/// <summary>Ports as configured; -1 means off.</summary>
internal sealed record PortConfig
{
    public int Dns { get; init; } = 8600;

    public int Http { get; init; } = 8500;

    public int Https { get; init; } = -1;

    public int Grpc { get; init; } = -1;

    public int SerfLan { get; init; } = 8301;

    public int SerfWan { get; init; } = 8302;

    public int Server { get; init; } = 8300;

    /// <summary>The range for automatic sidecar ports, both ends included; both 0 when off.</summary>
    public int SidecarMin { get; init; } = 21000;

    public int SidecarMax { get; init; } = 21255;

    /// <summary>The range for automatically exposed checks, both ends included; both 0 when off.</summary>
    public int ExposeMin { get; init; } = 21500;

    public int ExposeMax { get; init; } = 21755;
}
