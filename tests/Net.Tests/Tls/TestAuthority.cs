using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Consul.Fast.Net.Tests.Tls;

/// <summary>A certificate authority that lives for one test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    public TestAuthority(string name = "Test CA", TestAuthority? parent = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        Certificate = parent is null
            ? request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30))
            : parent.Sign(request, key, DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(20));
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    /// <summary>A certificate of a server of a datacenter, for both directions.</summary>
    public X509Certificate2 Server(string datacenter = "dc1") => Issue("server", [$"server.{datacenter}.consul", "localhost"]);

    /// <summary>A certificate of an agent that is no server.</summary>
    public X509Certificate2 Client() => Issue("client", ["client.dc1.consul"]);

    public X509Certificate2 Issue(
        string commonName,
        string[] dnsNames,
        bool serverUse = true,
        bool clientUse = true,
        int fromDays = -1,
        int toDays = 10,
        ECDsa? forger = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(commonName, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        if (dnsNames.Length > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (string name in dnsNames) names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        var uses = new OidCollection();
        if (serverUse) uses.Add(new Oid(ServerUse));
        if (clientUse) uses.Add(new Oid(ClientUse));
        if (uses.Count > 0) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, critical: false));
        return Sign(request, key, DateTimeOffset.UtcNow.AddDays(fromDays), DateTimeOffset.UtcNow.AddDays(toDays), forger);
    }

    public void Dispose() => Certificate.Dispose();

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, ECDsa key, DateTimeOffset from, DateTimeOffset to, ECDsa? forger = null)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        using ECDsa own = Certificate.GetECDsaPrivateKey()!;
        var generator = X509SignatureGenerator.CreateForECDsa(forger ?? own);
        using X509Certificate2 bare = request.Create(Certificate.SubjectName, generator, from, to, RandomNumberGenerator.GetBytes(8));
        return bare.CopyWithPrivateKey(key);
    }
}
