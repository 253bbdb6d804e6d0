using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Consul.Fast.Daemon.Cli.Client;

/// <summary>TLS settings of the client, from files in PEM.</summary>
internal static class ClientTls
{
    /// <summary>
    /// Applies the settings; false with the text of the fault. Files are read even for plain HTTP, so a wrong path shows
    /// at once.
    /// </summary>
    public static bool TryApply(ClientSettings settings, SslClientAuthenticationOptions options, out string error)
    {
        if (settings.TlsServerName.Length > 0) options.TargetHost = settings.TlsServerName;
        if (!settings.SslVerify)
        {
#pragma warning disable CA5359 // The user asked for no verification.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return TryLoadRoots(settings, options, out error) && TryLoadClientCertificate(settings, options, out error);
    }

    private static bool TryLoadRoots(ClientSettings settings, SslClientAuthenticationOptions options, out string error)
    {
        error = "";
        if (settings.CaFile.Length == 0 && settings.CaPath.Length == 0) return true;
        var roots = new X509Certificate2Collection();
        bool single = settings.CaFile.Length > 0;
        string path = single ? settings.CaFile : settings.CaPath;
        string prefix = single ? "Error loading CA File: " : "Error loading CA Directory: ";
        try
        {
            string[] files = single ? [settings.CaFile] : Directory.GetFiles(settings.CaPath);
            foreach (string file in files)
            {
                path = file;
                roots.ImportFromPem(File.ReadAllText(file));
            }
        }
        catch (Exception fault) when (GoErrors.IsFileFault(fault))
        {
            error = prefix + GoErrors.File("open", path, fault);
            return false;
        }
        catch (CryptographicException)
        {
            error = $"{prefix}Couldn't parse PEM in: {path}";
            return false;
        }

        if (roots.Count == 0)
        {
            error = $"{prefix}Couldn't parse PEM in: {path}";
            return false;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        options.CertificateChainPolicy = policy;
        return true;
    }

    private static bool TryLoadClientCertificate(ClientSettings settings, SslClientAuthenticationOptions options, out string error)
    {
        error = "";
        if (settings.ClientCert.Length == 0 && settings.ClientKey.Length == 0) return true;
        if (settings.ClientCert.Length == 0 || settings.ClientKey.Length == 0)
        {
            error = "both client cert and client key must be provided";
            return false;
        }

        try
        {
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(settings.ClientCert, settings.ClientKey)];
            return true;
        }
        catch (Exception fault) when (GoErrors.IsFileFault(fault))
        {
            string path = File.Exists(settings.ClientCert) ? settings.ClientKey : settings.ClientCert;
            error = GoErrors.File("open", path, fault);
            return false;
        }
        catch (CryptographicException fault)
        {
            error = $"tls: {fault.Message}";
            return false;
        }
    }
}
