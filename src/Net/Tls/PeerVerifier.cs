using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Consul.Fast.Net.Tls;

/// <summary>Judges the certificate of one peer during one handshake and remembers the verdict.</summary>
/// <param name="material">The authorities that count for this handshake.</param>
/// <param name="demanded">False when any certificate, or none, is good enough.</param>
/// <param name="name">The name the certificate must carry; null for any.</param>
internal sealed class PeerVerifier(TlsMaterial material, bool demanded, string? name)
{
    private const X509ChainStatusFlags NoRoot = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Why the peer was not accepted, in the words of Consul's TLS library; null when it was.</summary>
    public string? Failure { get; private set; }

    public bool Verified { get; private set; }

    /// <summary>The peer is verified and carries the name of a server of our datacenter.</summary>
    public bool IsOwnServer { get; private set; }

    /// <summary>How chains are built: our authorities only, and nothing is fetched or looked up elsewhere.</summary>
    public X509ChainPolicy Policy(bool peerIsServer)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(material.Authorities);
        policy.ApplicationPolicy.Add(new Oid(peerIsServer ? ServerAuthentication : ClientAuthentication));
        return policy;
    }

    /// <summary>The callback of the TLS stream.</summary>
    public bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (!demanded) return true;
        Failure = Judge(certificate as X509Certificate2, chain);
        Verified = Failure is null;
        return Verified;
    }

    private string? Judge(X509Certificate2? certificate, X509Chain? chain)
    {
        if (certificate is null || chain is null) return "tls: client didn't provide a certificate";
        if (ChainFailure(chain) is { } failure) return failure;
        List<string> names = CertificateNames.Of(certificate);
        IsOwnServer = CertificateNames.Matches(names, material.Settings.ServerName(material.Settings.Datacenter));
        if (name is null || CertificateNames.Matches(names, name)) return null;
        return names.Count == 0
            ? $"x509: certificate is not valid for any names, but wanted to match {name}"
            : $"x509: certificate is valid for {string.Join(", ", names)}, not {name}";
    }

    /// <summary>
    /// Follows the chain up to the first certificate that we trust. That one need not be a root: operators configure
    /// intermediates too, which the system's own check calls a partial chain or one with an unknown root.
    /// </summary>
    private string? ChainFailure(X509Chain chain)
    {
        foreach (X509ChainElement element in chain.ChainElements)
        {
            foreach (X509ChainStatus status in element.ChainElementStatus)
            {
                if ((status.Status & ~NoRoot) != X509ChainStatusFlags.NoError) return Text(status);
            }

            if (material.IsTrusted(element.Certificate)) return null;
        }

        return "x509: certificate signed by unknown authority";
    }

    private static string Text(X509ChainStatus status) => status.Status switch
    {
        X509ChainStatusFlags.NotTimeValid => "x509: certificate has expired or is not yet valid",
        X509ChainStatusFlags.NotValidForUsage => "x509: certificate specifies an incompatible key usage",
        X509ChainStatusFlags.NotSignatureValid => "x509: certificate signed by unknown authority",
        X509ChainStatusFlags.InvalidBasicConstraints => "x509: certificate is not authorized to sign other certificates",
        _ => $"x509: {status.StatusInformation.TrimEnd()}",
    };
}
