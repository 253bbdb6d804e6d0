using System.Net;

namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>The HTTP API.</summary>
internal sealed record HttpConfig
{
    /// <summary>Networks allowed to write; empty for all.</summary>
    public IReadOnlyList<IPNetwork> AllowWriteFrom { get; init; } = [];

    /// <summary>Path prefixes answered 403.</summary>
    public IReadOnlyList<string> BlockEndpoints { get; init; } = [];

    /// <summary>Bytes of request headers; 0 means 1 MiB.</summary>
    public int MaxHeaderBytes { get; init; }

    /// <summary>Headers added to every answer, in the order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ResponseHeaders { get; init; } = [];

    /// <summary>Honour <c>?cached</c>.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>Serve discovery reads stale up to this age; zero for off.</summary>
    public TimeSpan DiscoveryMaxStale { get; init; }

    /// <summary>Accept characters that do not print in URLs.</summary>
    public bool DisableUnprintableCharFilter { get; init; }

    public UnixSocketConfig UnixSockets { get; init; } = new();
}

/// <summary>Ownership of Unix sockets; empty leaves what the process gives them.</summary>
internal sealed record UnixSocketConfig
{
    public string User { get; init; } = "";

    public string Group { get; init; } = "";

    /// <summary>Null when not configured.</summary>
    public UnixFileMode? Mode { get; init; }
}

/// <summary>The web UI.</summary>
internal sealed record UiConfig
{
    public bool Enabled { get; init; }

    /// <summary>A directory served instead of the built-in files; empty for none.</summary>
    public string Dir { get; init; } = "";

    /// <summary>URL path, with a slash at both ends.</summary>
    public string ContentPath { get; init; } = "/ui/";

    public string MetricsProvider { get; init; } = "";
}
