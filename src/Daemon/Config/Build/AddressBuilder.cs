using System.Net;
using System.Net.Sockets;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Config.Templates;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Derives all addresses and ports from what is configured.</summary>
internal sealed class AddressBuilder(ConfigReader reader, INetworkInterfaces interfaces, bool devMode)
{
    private const string AnyRefused = "cannot be 0.0.0.0, :: or [::]";

    private readonly AddressReader _addresses = new(reader);

    public PortConfig BuildPorts()
    {
        var ports = new PortConfig
        {
            Dns = reader.Port("ports.dns", 8600),
            Http = reader.Port("ports.http", 8500),
            Https = reader.Port("ports.https", -1),
            Grpc = reader.Port("ports.grpc", devMode ? 8502 : -1),
            SerfLan = reader.Port("ports.serf_lan", 8301),
            SerfWan = reader.Port("ports.serf_wan", 8302),
            Server = reader.Port("ports.server", 8300),
            SidecarMin = Range("ports.sidecar_min_port", 21000),
            SidecarMax = Range("ports.sidecar_max_port", 21255),
            ExposeMin = Range("ports.expose_min_port", 21500),
            ExposeMax = Range("ports.expose_max_port", 21755),
        };
        CheckRange("proxy", Range("ports.proxy_min_port", 20000), Range("ports.proxy_max_port", 20255));
        CheckRange("sidecar", ports.SidecarMin, ports.SidecarMax);
        CheckRange("expose", ports.ExposeMin, ports.ExposeMax);
        if (ports.SerfLan < 0) throw new ConfigException("ports.serf_lan cannot be disabled");
        if (ports.Server < 0) throw new ConfigException("ports.server cannot be disabled");
        return ports;
    }

    public AddressConfig Build(PortConfig ports)
    {
        IPAddress bind = Bind();
        RefuseAny("advertise_addr", "Advertise address");
        IPAddress lan = _addresses.Single("advertise_addr") ?? bind;
        if (IsAny(lan)) lan = AdvertiseDetection.Detect(interfaces, lan.AddressFamily == AddressFamily.InterNetwork);
        RefuseAny("advertise_addr_wan", "Advertise WAN address");
        IPAddress wan = _addresses.Single("advertise_addr_wan") ?? lan;
        IReadOnlyList<ListenAddress> client = Client();
        bool wanOn = ports.SerfWan > 0;
        return new AddressConfig
        {
            Bind = bind,
            AdvertiseLan = lan,
            AdvertiseWan = wan,
            Client = client,
            RpcBind = new IPEndPoint(bind, ports.Server),
            RpcAdvertise = new IPEndPoint(lan, ports.Server),
            SerfLanBind = new IPEndPoint(_addresses.Single("serf_lan") ?? bind, ports.SerfLan),
            SerfLanAdvertise = new IPEndPoint(lan, ports.SerfLan),
            SerfWanBind = wanOn ? new IPEndPoint(_addresses.Single("serf_wan") ?? bind, ports.SerfWan) : null,
            SerfWanAdvertise = wanOn ? new IPEndPoint(wan, ports.SerfWan) : null,
            Http = Listeners("addresses.http", client, ports.Http),
            Https = Listeners("addresses.https", client, ports.Https),
            Grpc = Listeners("addresses.grpc", client, ports.Grpc),
            Dns = Dns(client, ports.Dns),
            Tagged = Tagged(lan, wan),
        };
    }

    private int Range(string path, int value) => Math.Max(0, reader.Port(path, value));

    private static void CheckRange(string name, int min, int max)
    {
        if (max < min) throw new ConfigException($"{name}_min_port must be less than {name}_max_port. To disable, set both to zero.");
    }

    private IPAddress Bind()
    {
        string text = reader.Text("bind_addr", devMode ? "127.0.0.1" : "0.0.0.0");
        int errors = reader.Errors.Count;
        string[] words = reader.Expand("bind_addr", text);
        // The real reason is better than the remark that nothing came out.
        if (reader.Errors.Count > errors) throw new ConfigException(reader.Errors[^1]);
        if (words.Length == 0) throw new ConfigException("bind_addr cannot be empty");
        if (words.Length > 1)
        {
            throw new ConfigException("bind_addr cannot contain multiple addresses. Use 'addresses.{dns,http,https}' instead.");
        }

        if (AddressReader.IsUnix(words[0])) throw new ConfigException("bind_addr cannot be a unix socket");
        return AddressReader.TryParseIp(words[0], out IPAddress? address) ? address
            : throw new ConfigException("bind_addr must be an ip address");
    }

    private void RefuseAny(string path, string name)
    {
        string text = reader.Text(path).Trim();
        if (AddressReader.TryParseIp(text, out IPAddress? address) && IsAny(address)) throw new ConfigException($"{name} {AnyRefused}");
    }

    private IReadOnlyList<ListenAddress> Client()
    {
        IReadOnlyList<ListenAddress> client = reader.Has("client_addr") ? _addresses.Many("client_addr", 0) ?? []
            : [ListenAddress.Ip(IPAddress.Loopback, 0)];
        if (client.Any(static address => address.UnixPath is not null)) reader.Errors.Add("client_addr cannot be a unix socket");
        return [.. client.Where(static address => address.EndPoint is not null)];
    }

    private IReadOnlyList<ListenAddress> Listeners(string path, IReadOnlyList<ListenAddress> client, int port)
    {
        IReadOnlyList<ListenAddress> listeners = _addresses.Many(path, port) is { Count: > 0 } own
            ? own : [.. client.Select(address => ListenAddress.Ip(address.EndPoint!.Address, Math.Max(0, port)))];
        return port > 0 ? listeners : [];
    }

    private IPEndPoint[] Dns(IReadOnlyList<ListenAddress> client, int port)
    {
        IReadOnlyList<ListenAddress> listeners = Listeners("addresses.dns", client, port);
        if (listeners.Any(static address => address.UnixPath is not null)) throw new ConfigException("DNS address cannot be a unix socket");
        return [.. listeners.Select(static address => address.EndPoint!)];
    }

    private SortedMap<string> Tagged(IPAddress lan, IPAddress wan)
    {
        var tagged = reader.StringMap("tagged_addresses")
            .ToDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal);
        tagged["lan"] = lan.ToString();
        tagged["wan"] = wan.ToString();
        AddFamily(tagged, "lan_ipv4", "advertise_addr_ipv4", lan, AddressFamily.InterNetwork);
        AddFamily(tagged, "lan_ipv6", "advertise_addr_ipv6", lan, AddressFamily.InterNetworkV6);
        AddFamily(tagged, "wan_ipv4", "advertise_addr_wan_ipv4", wan, AddressFamily.InterNetwork);
        AddFamily(tagged, "wan_ipv6", "advertise_addr_wan_ipv6", wan, AddressFamily.InterNetworkV6);
        return SortedMap<string>.Create(tagged);
    }

    private void AddFamily(Dictionary<string, string> tagged, string tag, string path, IPAddress plain, AddressFamily family)
    {
        IPAddress? address = _addresses.Single(path);
        if (address is not null && address.AddressFamily != family)
        {
            throw new ConfigException($"{path} must be an {(family == AddressFamily.InterNetwork ? "ipv4" : "ipv6")} address");
        }

        if (address is null && plain.AddressFamily == family) address = plain;
        if (address is not null) tagged[tag] = address.ToString();
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
