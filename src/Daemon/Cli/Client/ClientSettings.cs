namespace Consul.Fast.Daemon.Cli.Client;

/// <summary>How to reach the agent; empty texts mean "not given".</summary>
internal sealed record ClientSettings
{
    /// <summary><c>host:port</c>, or with a scheme: <c>http://</c>, <c>https://</c>, <c>unix://</c>.</summary>
    public required string Address { get; init; }
    public bool Ssl { get; init; }
    public bool SslVerify { get; init; } = true;
    public string Token { get; init; } = "";
    public string TokenFile { get; init; } = "";
    /// <summary><c>user</c> or <c>user:password</c>.</summary>
    public string BasicAuth { get; init; } = "";
    public string CaFile { get; init; } = "";
    public string CaPath { get; init; } = "";
    public string ClientCert { get; init; } = "";
    public string ClientKey { get; init; } = "";
    public string TlsServerName { get; init; } = "";
    public string Datacenter { get; init; } = "";
    public string Namespace { get; init; } = "";
}
