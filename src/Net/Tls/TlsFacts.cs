using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Consul.Fast.Net.Tls;

/// <summary>What the handshake of a connection found.</summary>
/// <param name="Protocol">Version agreed on.</param>
/// <param name="Alpn">Protocol name agreed on; empty when none was.</param>
/// <param name="PeerCertificate">Null when the peer showed none. Lives as long as the connection.</param>
/// <param name="PeerVerified">The peer's certificate was demanded and is of a known authority, with the name demanded.</param>
/// <param name="IsOwnServer">The peer is verified and its certificate names a server of our own datacenter.</param>
public sealed record TlsFacts(
    SslProtocols Protocol, string Alpn, X509Certificate2? PeerCertificate, bool PeerVerified, bool IsOwnServer);
