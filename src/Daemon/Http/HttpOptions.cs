using System.Net;

namespace Consul.Fast.Daemon.Http;

/// <summary>Settings of the HTTP interface. Immutable but for what a reload may change.</summary>
internal sealed record HttpOptions
{
    /// <summary>Where to listen; empty switches the interface off.</summary>
    public IReadOnlyList<HttpListenAddress> Listeners { get; init; } = [];

    /// <summary>Bytes of a request head; 0 means 1 MiB. A head larger than this plus 4096 is refused with 431.</summary>
    public int MaxHeaderBytes { get; init; }

    /// <summary>Connections from one source address; 0 means no limit.</summary>
    public int MaxConnectionsPerClient { get; init; } = 200;

    /// <summary>Added to every reply of a registered handler.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ResponseHeaders { get; init; } = [];

    /// <summary>Path prefixes answered with 403.</summary>
    public IReadOnlyList<string> BlockEndpoints { get; init; } = [];

    /// <summary>Networks that may use methods other than GET, HEAD and OPTIONS; empty for all.</summary>
    public IReadOnlyList<IPNetwork> AllowWriteFrom { get; init; } = [];

    /// <summary>Accept paths with characters that do not print.</summary>
    public bool DisableUnprintableFilter { get; init; }

    /// <summary>Whether <c>?cached</c> means anything.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>Catalog and health reads without a mode become stale reads up to this age; zero switches that off.</summary>
    public TimeSpan DiscoveryMaxStale { get; init; }

    /// <summary>Development mode: JSON is always indented.</summary>
    public bool PrettyAlways { get; init; }

    /// <summary>Announces translated addresses.</summary>
    public bool TranslateWanAddresses { get; init; }

    /// <summary>Value of <c>X-Consul-Default-Acl-Policy</c>.</summary>
    public string DefaultAclPolicy { get; init; } = "allow";

    /// <summary>Used for requests without a token; empty for anonymous.</summary>
    public string UserToken { get; init; } = "";

    /// <summary>The agent's own datacenter.</summary>
    public string Datacenter { get; init; } = "dc1";

    /// <summary>The agent's node name.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>Largest value of a KV PUT, in bytes.</summary>
    public long KvMaxValueSize { get; init; } = 512 * 1024;

    /// <summary>Largest body of a transaction, in bytes; a larger <see cref="KvMaxValueSize"/> wins.</summary>
    public long TxnMaxRequestLength { get; init; } = 512 * 1024;

    /// <summary>Where <c>/</c> leads when the web interface is served; null when it is not.</summary>
    public string? UiPath { get; init; }
}

/// <summary>One listening address: an IP end point or the path of a Unix socket.</summary>
internal sealed record HttpListenAddress
{
    /// <summary>Set for TCP. Port 0 takes any free port.</summary>
    public IPEndPoint? EndPoint { get; init; }

    /// <summary>Set for a Unix socket. A file in its place is removed first.</summary>
    public string? UnixPath { get; init; }

    /// <summary>Permissions of the socket file, null to leave them.</summary>
    public UnixFileMode? Mode { get; init; }

    /// <summary>Owner by name or number, empty to leave it.</summary>
    public string User { get; init; } = "";

    /// <summary>Group by name or number, empty to leave it.</summary>
    public string Group { get; init; } = "";
}
