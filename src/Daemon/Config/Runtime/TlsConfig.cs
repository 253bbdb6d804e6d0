namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>Certificates and what is verified with them. Paths are empty when not configured.</summary>
internal sealed record TlsConfig
{
    public string CaFile { get; init; } = "";

    public string CaPath { get; init; } = "";

    public string CertFile { get; init; } = "";

    public string KeyFile { get; init; } = "";

    /// <summary>Name looked for in certificates instead of the node name.</summary>
    public string ServerName { get; init; } = "";

    /// <summary><c>tls10</c> to <c>tls13</c>.</summary>
    public string MinVersion { get; init; } = "tls12";

    /// <summary>Names of cipher suites; empty for the default ones.</summary>
    public IReadOnlyList<string> CipherSuites { get; init; } = [];

    public bool PreferServerCipherSuites { get; init; }

    public bool VerifyIncoming { get; init; }

    public bool VerifyIncomingRpc { get; init; }

    public bool VerifyIncomingHttps { get; init; }

    public bool VerifyOutgoing { get; init; }

    public bool VerifyServerHostname { get; init; }
}
