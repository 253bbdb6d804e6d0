namespace Consul.Fast.Storage.Records;

/// <summary>A service instance with the node it runs on.</summary>
public sealed record ServiceInstance(Node Node, NodeService Service);

/// <summary>A service instance with its node and the checks that decide its health: node checks first, then its own.</summary>
public sealed record CheckServiceNode(Node Node, NodeService Service, IReadOnlyList<HealthCheck> Checks);

/// <summary>Everything known of one node.</summary>
public sealed record NodeInfo(Node Node, IReadOnlyList<NodeService> Services, IReadOnlyList<HealthCheck> Checks);

/// <summary>A service name with the distinct tags of all its instances.</summary>
public sealed record ServiceTags(string Service, IReadOnlyList<string> Tags);
