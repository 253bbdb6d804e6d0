using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Consul.Fast.Net.Tls;

/// <summary>One loaded set of certificates with the settings it was loaded for. Immutable; replaced as a whole.</summary>
internal sealed class TlsMaterial
{
    private TlsMaterial(TlsSettings settings, X509Certificate2Collection authorities, SslStreamCertificateContext? certificate)
    {
        Settings = settings;
        Authorities = authorities;
        Certificate = certificate;
        Protocols = TlsVersions.From(settings.MinVersion);
    }

    public TlsSettings Settings { get; }

    public X509Certificate2Collection Authorities { get; }

    /// <summary>Our certificate with its intermediates; null when none is configured.</summary>
    public SslStreamCertificateContext? Certificate { get; }

    public SslProtocols Protocols { get; }

    public CipherSuitesPolicy? Ciphers { get; private init; }

    /// <summary>Reads the files and checks that the settings can be met with them. The error is for the operator.</summary>
    public static bool TryLoad(TlsSettings settings, out TlsMaterial? material, out string? error)
    {
        material = null;
        X509Certificate2? certificate = null;
        var others = new X509Certificate2Collection();
        bool hasPair = settings.CertFile.Length > 0 && settings.KeyFile.Length > 0;
        error = null;
        if (hasPair && !PemFiles.TryLoadKeyPair(settings.CertFile, settings.KeyFile, out certificate, others, out error)) return false;
        var authorities = new X509Certificate2Collection();
        if (!PemFiles.TryLoadAuthorities(settings.CaFile, settings.CaPath, authorities, out error)) return false;
        error = Contradiction(settings, authorities.Count > 0, hasPair);
        if (error is not null || !CipherSuites.TryCreate(settings.CipherSuites, out CipherSuitesPolicy? ciphers, out error)) return false;

        // Offline: intermediates come from the file or not at all.
        SslStreamCertificateContext? shown = null;
        if (certificate is not null) shown = SslStreamCertificateContext.Create(certificate, others, offline: true);
        material = new TlsMaterial(settings, authorities, shown) { Ciphers = ciphers };
        return true;
    }

    /// <summary>True for one of the configured authorities itself.</summary>
    public bool IsTrusted(X509Certificate2 certificate)
    {
        ReadOnlySpan<byte> raw = certificate.RawDataMemory.Span;
        foreach (X509Certificate2 authority in Authorities)
        {
            if (raw.SequenceEqual(authority.RawDataMemory.Span)) return true;
        }

        return false;
    }

    private static string? Contradiction(TlsSettings settings, bool hasAuthorities, bool hasCertificate)
    {
        if (TlsVersions.From(settings.MinVersion) == SslProtocols.None)
        {
            return $"TLSMinVersion: value {settings.MinVersion} not supported, please specify one of [{TlsVersions.Names}]";
        }

        if (settings.VerifiesOutgoing && !hasAuthorities) return "VerifyOutgoing set, and no CA certificate provided!";
        if (!settings.VerifiesAnyIncoming) return null;
        if (!hasAuthorities) return "VerifyIncoming set but no CA certificates were provided";
        return hasCertificate
            ? null
            : "VerifyIncoming requires either a Cert and Key pair in the configuration file, or auto_encrypt/auto_config be enabled";
    }
}
