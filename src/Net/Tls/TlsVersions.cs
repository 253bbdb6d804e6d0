using System.Security.Authentication;

namespace Consul.Fast.Net.Tls;

/// <summary>Names of TLS versions in the configuration.</summary>
internal static class TlsVersions
{
    public const string Names = "tls10, tls11, tls12, tls13";

    /// <summary>All versions from the named one up; none when the name is unknown.</summary>
    public static SslProtocols From(string minimum)
    {
        // Old versions are obsolete, and the operator who asks for one has a peer that knows nothing newer.
#pragma warning disable SYSLIB0039, CA5397, CA5398
        const SslProtocols Tls10 = SslProtocols.Tls;
        const SslProtocols Tls11 = SslProtocols.Tls11;
        const SslProtocols Tls13 = SslProtocols.Tls13;
        const SslProtocols Tls12 = SslProtocols.Tls12 | Tls13;
        return minimum switch
        {
            "tls10" or "" => Tls10 | Tls11 | Tls12,
            "tls11" => Tls11 | Tls12,
            "tls12" => Tls12,
            "tls13" => Tls13,
            _ => SslProtocols.None,
        };
#pragma warning restore SYSLIB0039, CA5397, CA5398
    }
}
