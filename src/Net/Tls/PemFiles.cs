using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Consul.Fast.Net.Tls;

/// <summary>Certificates and keys in PEM files. A failure is the text for the operator, in Consul's words where it has some.</summary>
internal static class PemFiles
{
    private const string CertificateLabel = "CERTIFICATE";

    /// <summary>Authorities of one file, or of all files below a directory in the order of their names.</summary>
    public static bool TryLoadAuthorities(string file, string directory, X509Certificate2Collection authorities, out string? error)
    {
        if (file.Length > 0) return TryAddAuthorities(file, authorities, out error);
        error = null;
        if (directory.Length == 0) return true;
        string[] files;
        try
        {
            files = Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error = $"lstat {directory}: {Cause(exception)}";
            return false;
        }

        Array.Sort(files, StringComparer.Ordinal);
        foreach (string path in files)
        {
            if (!TryAddAuthorities(path, authorities, out error)) return false;
        }

        if (files.Length == 0) error = "Error loading from CAPath: no CAs found";
        return error is null;
    }

    /// <summary>A certificate with its key, and the other certificates of its file.</summary>
    public static bool TryLoadKeyPair(
        string certFile, string keyFile, out X509Certificate2? certificate, X509Certificate2Collection others, out string? error)
    {
        certificate = null;
        if (!TryRead(certFile, out string certText, out error)) return Failed(ref error);
        if (!TryRead(keyFile, out string keyText, out error)) return Failed(ref error);
        try
        {
            others.ImportFromPem(certText);
            if (others.Count == 0) error = "tls: failed to find any PEM data in certificate input";
            else if (!PemEncoding.TryFind(keyText, out _)) error = "tls: failed to find any PEM data in key input";
            if (error is not null) return Failed(ref error);
            others.RemoveAt(0);
            certificate = X509Certificate2.CreateFromPem(certText, keyText);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            Exception cause = exception.InnerException ?? exception;
            error = cause is ArgumentException ? "tls: private key does not match public key" : $"tls: {cause.Message}";
            return Failed(ref error);
        }

        static bool Failed(ref string? error)
        {
            error = $"Failed to load cert/key pair: {error}";
            return false;
        }
    }

    private static bool TryAddAuthorities(string path, X509Certificate2Collection authorities, out string? error)
    {
        if (!TryRead(path, out string text, out string? cause))
        {
            error = $"Error loading from {path}: {cause}";
            return false;
        }

        int before = authorities.Count;
        foreach (PemPart part in PemPart.All(text))
        {
            // Like Consul: what is no certificate, or none that can be read, does not spoil the others.
            if (part.Label != CertificateLabel) continue;
            try
            {
                authorities.Add(X509CertificateLoader.LoadCertificate(part.Data));
            }
            catch (CryptographicException)
            {
                continue;
            }
        }

        // Consul prints the content; when the path is that of the key by mistake, that is a secret in the log.
        error = authorities.Count == before ? $"failed to parse PEM {path}" : null;
        return error is null;
    }

    private static bool TryRead(string path, out string text, out string? error)
    {
        text = "";
        error = null;
        try
        {
            text = File.ReadAllText(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = $"open {path}: {Cause(exception)}";
            return false;
        }
    }

    private static string Cause(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
        UnauthorizedAccessException => "permission denied",
        _ => exception.Message,
    };
}
