namespace Consul.Fast.Net.Tls;

/// <summary>Certificates of an agent and what it demands of its peers. Paths are empty when not configured.</summary>
public sealed record TlsSettings
{
    /// <summary>PEM file of the trusted authorities; goes before <see cref="CaPath"/>.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Directory whose files, at any depth, are trusted authorities.</summary>
    public string CaPath { get; init; } = "";

    /// <summary>PEM file of the certificate, its intermediates after it. Without <see cref="KeyFile"/> it is not used.</summary>
    public string CertFile { get; init; } = "";

    public string KeyFile { get; init; } = "";

    /// <summary>Oldest version spoken: <c>tls10</c>, <c>tls11</c>, <c>tls12</c> or <c>tls13</c>.</summary>
    public string MinVersion { get; init; } = "tls12";

    /// <summary>Cipher suites of versions before 1.3, whose own suites always stay; empty for the library's choice.</summary>
    public IReadOnlyList<string> CipherSuites { get; init; } = [];

    /// <summary>Peers must come with TLS and a certificate of a known authority.</summary>
    public bool VerifyIncoming { get; init; }

    /// <summary>The same for the RPC port only.</summary>
    public bool VerifyIncomingRpc { get; init; }

    /// <summary>The same for HTTPS only; here it only demands that there are certificates.</summary>
    public bool VerifyIncomingHttps { get; init; }

    /// <summary>Dials use TLS and the certificate met there must be of a known authority.</summary>
    public bool VerifyOutgoing { get; init; }

    /// <summary>It must also carry the name of a server of the datacenter dialled; implies <see cref="VerifyOutgoing"/>.</summary>
    public bool VerifyServerHostname { get; init; }

    /// <summary>End of all names; a trailing dot does not count.</summary>
    public string Domain { get; init; } = "consul.";

    /// <summary>The agent's own datacenter.</summary>
    public string Datacenter { get; init; } = "dc1";

    internal bool VerifiesRpc => VerifyIncoming || VerifyIncomingRpc;

    internal bool VerifiesAnyIncoming => VerifiesRpc || VerifyIncomingHttps;

    internal bool VerifiesOutgoing => VerifyOutgoing || VerifyServerHostname;

    /// <summary>The name that only servers of a datacenter have.</summary>
    internal string ServerName(string datacenter) => $"server.{datacenter}.{(Domain.EndsWith('.') ? Domain[..^1] : Domain)}";
}
