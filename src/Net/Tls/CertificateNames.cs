using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Consul.Fast.Net.Tls;

/// <summary>
/// DNS names of certificates. Only the subject alternative names count, never the common name, and a star stands for
/// exactly the first label: the rules of Consul's own TLS library.
/// </summary>
internal static class CertificateNames
{
    private const string SubjectAlternativeName = "2.5.29.17";

    public static List<string> Of(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != SubjectAlternativeName) continue;
            try
            {
                names.AddRange(new X509SubjectAlternativeNameExtension(extension.RawData, extension.Critical).EnumerateDnsNames());
            }
            catch (CryptographicException)
            {
                // Malformed: the certificate has no name at all.
            }
        }

        return names;
    }

    public static bool Matches(List<string> names, string wanted)
    {
        foreach (string name in names)
        {
            if (Matches(name, wanted)) return true;
        }

        return false;
    }

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> wanted)
    {
        if (!pattern.StartsWith("*.", StringComparison.Ordinal)) return pattern.Equals(wanted, StringComparison.OrdinalIgnoreCase);
        int dot = wanted.IndexOf('.');
        return dot > 0 && pattern[1..].Equals(wanted[dot..], StringComparison.OrdinalIgnoreCase);
    }
}
