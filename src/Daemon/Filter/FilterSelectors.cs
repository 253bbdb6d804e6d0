using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Filter;

/// <summary>What filter expressions may select, by kind of record.</summary>
internal static class FilterSelectors
{
    private static readonly MapSelectable<string> s_texts = new(StringSelectable.Instance);

    private static readonly MapSelectable<ServiceAddress> s_addresses = new(
        new RecordSelectable<ServiceAddress>().Text("Address", a => a.Address).Number("Port", a => a.Port));

    private static readonly RecordSelectable<ServiceWeights> s_weights =
        new RecordSelectable<ServiceWeights>().Number("Passing", w => w.Passing).Number("Warning", w => w.Warning);

    private static readonly RecordSelectable<ServiceConnect> s_connect =
        new RecordSelectable<ServiceConnect>().Flag("Native", c => c.Native);

    private static readonly RecordSelectable<string> s_meshGateway = new RecordSelectable<string>().Text("Mode", mode => mode);

    private static readonly RecordSelectable<ServiceProxy> s_proxy = Proxy();

    public static RecordSelectable<Node> Node { get; } = new RecordSelectable<Node>()
        .Text("ID", n => n.Id)
        .Text("Node", n => n.Name)
        .Text("Address", n => n.Address)
        .Text("Datacenter", n => n.Datacenter)
        .Field("TaggedAddresses", n => n.TaggedAddresses, s_texts)
        .Field("Meta", n => n.Meta, s_texts);

    public static RecordSelectable<ServiceInstance> ServiceInstance { get; } = new RecordSelectable<ServiceInstance>()
        .Text("ID", i => i.Node.Id)
        .Text("Node", i => i.Node.Name)
        .Text("Address", i => i.Node.Address)
        .Text("Datacenter", i => i.Node.Datacenter)
        .Field("TaggedAddresses", i => i.Node.TaggedAddresses, s_texts)
        .Field("NodeMeta", i => i.Node.Meta, s_texts)
        .Text("ServiceKind", i => i.Service.Kind)
        .Text("ServiceID", i => i.Service.Id)
        .Text("ServiceName", i => i.Service.Service)
        .Field("ServiceTags", i => i.Service.Tags, StringListSelectable.Instance)
        .Text("ServiceAddress", i => i.Service.Address)
        .Field("ServiceTaggedAddresses", i => i.Service.TaggedAddresses, s_addresses)
        .Field("ServiceMeta", i => i.Service.Meta, s_texts)
        .Number("ServicePort", i => i.Service.Port)
        .Text("ServiceSocketPath", i => i.Service.SocketPath)
        .Field("ServiceWeights", i => i.Service.Weights ?? ServiceWeights.Default, s_weights)
        .Flag("ServiceEnableTagOverride", i => i.Service.EnableTagOverride)
        .Field("ServiceProxy", i => i.Service.Proxy, s_proxy)
        .Field("ServiceConnect", i => i.Service.Connect, s_connect);

    public static RecordSelectable<NodeService> NodeService { get; } = new RecordSelectable<NodeService>()
        .Text("Kind", s => s.Kind)
        .Text("ID", s => s.Id)
        .Text("Service", s => s.Service)
        .Field("Tags", s => s.Tags, StringListSelectable.Instance)
        .Text("Address", s => s.Address)
        .Field("TaggedAddresses", s => s.TaggedAddresses, s_addresses)
        .Field("Meta", s => s.Meta, s_texts)
        .Number("Port", s => s.Port)
        .Text("SocketPath", s => s.SocketPath)
        .Field("Weights", s => s.Weights ?? ServiceWeights.Default, s_weights)
        .Flag("EnableTagOverride", s => s.EnableTagOverride)
        .Field("Proxy", s => s.Proxy, s_proxy)
        .Field("Connect", s => s.Connect, s_connect);

    public static RecordSelectable<HealthCheck> HealthCheck { get; } = new RecordSelectable<HealthCheck>()
        .Text("Node", c => c.Node)
        .Text("CheckID", c => c.CheckId)
        .Text("Name", c => c.Name)
        .Text("Status", c => c.Status)
        .Text("Notes", c => c.Notes)
        .Text("Output", c => c.Output)
        .Text("ServiceID", c => c.ServiceId)
        .Text("ServiceName", c => c.ServiceName)
        .Field("ServiceTags", c => c.ServiceTags, StringListSelectable.Instance)
        .Text("Type", c => c.Type)
        .Text("Interval", c => c.Interval)
        .Text("Timeout", c => c.Timeout)
        .Number("ExposedPort", c => c.ExposedPort);

    public static RecordSelectable<CheckServiceNode> CheckServiceNode { get; } = new RecordSelectable<CheckServiceNode>()
        .Field("Node", i => i.Node, Node)
        .Field("Service", i => i.Service, NodeService)
        .Field("Checks", i => i.Checks, new ListSelectable<HealthCheck>(HealthCheck));

    public static RecordSelectable<NodeInfo> NodeInfo { get; } = new RecordSelectable<NodeInfo>()
        .Text("ID", i => i.Node.Id)
        .Text("Node", i => i.Node.Name)
        .Text("Address", i => i.Node.Address)
        .Field("TaggedAddresses", i => i.Node.TaggedAddresses, s_texts)
        .Field("Meta", i => i.Node.Meta, s_texts)
        .Field("Services", i => i.Services, new ListSelectable<NodeService>(NodeService))
        .Field("Checks", i => i.Checks, new ListSelectable<HealthCheck>(HealthCheck));

    private static RecordSelectable<ServiceProxy> Proxy()
    {
        RecordSelectable<ExposePath> path = new RecordSelectable<ExposePath>()
            .Number("ListenerPort", p => p.ListenerPort)
            .Text("Path", p => p.Path)
            .Number("LocalPathPort", p => p.LocalPathPort)
            .Text("Protocol", p => p.Protocol)
            .Flag("ParsedFromCheck", p => p.ParsedFromCheck);
        RecordSelectable<ServiceProxy> expose = new RecordSelectable<ServiceProxy>()
            .Flag("Checks", p => p.ExposeChecks)
            .Field("Paths", p => p.ExposePaths, new ListSelectable<ExposePath>(path));
        RecordSelectable<ServiceProxy> transparent = new RecordSelectable<ServiceProxy>()
            .Number("OutboundListenerPort", p => p.TransparentOutboundListenerPort)
            .Flag("DialedDirectly", p => p.TransparentDialedDirectly);
        return new RecordSelectable<ServiceProxy>()
            .Text("DestinationServiceName", p => p.DestinationServiceName)
            .Text("DestinationServiceID", p => p.DestinationServiceId)
            .Text("LocalServiceAddress", p => p.LocalServiceAddress)
            .Number("LocalServicePort", p => p.LocalServicePort)
            .Text("LocalServiceSocketPath", p => p.LocalServiceSocketPath)
            .Text("Mode", p => p.Mode)
            .Field("MeshGateway", p => p.MeshGatewayMode, s_meshGateway)
            .Field("Expose", p => p, expose)
            .Field("TransparentProxy", p => p, transparent)
            .Field("Upstreams", p => p.Upstreams, new ListSelectable<ProxyUpstream>(Upstream()));
    }

    private static RecordSelectable<ProxyUpstream> Upstream() => new RecordSelectable<ProxyUpstream>()
        .Text("DestinationType", u => u.DestinationType)
        .Text("DestinationNamespace", u => u.DestinationNamespace)
        .Text("DestinationName", u => u.DestinationName)
        .Text("Datacenter", u => u.Datacenter)
        .Text("LocalBindAddress", u => u.LocalBindAddress)
        .Number("LocalBindPort", u => u.LocalBindPort)
        .Text("LocalBindSocketPath", u => u.LocalBindSocketPath)
        .Text("LocalBindSocketMode", u => u.LocalBindSocketMode)
        .Field("MeshGateway", u => u.MeshGatewayMode, s_meshGateway);
}
