using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Net.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Net.Tests.Tls;

/// <summary>PEM files in a directory that goes away with the test.</summary>
internal sealed class TlsFiles : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tls-");

    public string Folder => _directory.FullName;

    /// <summary>Settings with a trusted authority and a certificate.</summary>
    public static TlsFiles With(TestAuthority authority, X509Certificate2 certificate, string chain = "")
    {
        var files = new TlsFiles();
        files.Write("ca.pem", authority.Pem);
        files.Write("cert.pem", certificate.ExportCertificatePem() + "\n" + chain);
        files.Write("key.pem", KeyOf(certificate));
        return files;
    }

    public static string KeyOf(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(Path(name), text);
        return Path(name);
    }

    public TlsSettings Settings() => new() { CaFile = Path("ca.pem"), CertFile = Path("cert.pem"), KeyFile = Path("key.pem") };

    public TlsContext Load(Func<TlsSettings, TlsSettings>? change = null)
    {
        TlsSettings settings = Settings();
        TlsContext? context = TlsContext.TryLoad(change is null ? settings : change(settings), NullLogger.Instance, out string? error);
        Assert.Null(error);
        return context!;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
