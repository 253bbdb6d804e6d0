using System.Security.Cryptography;

namespace Consul.Fast.Net.Tls;

/// <summary>One labelled block of a PEM text.</summary>
internal readonly record struct PemPart(string Label, byte[] Data)
{
    /// <summary>The well-formed blocks of a text, in order; what stands between them is skipped.</summary>
    public static List<PemPart> All(string text)
    {
        var parts = new List<PemPart>();
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            byte[] data = new byte[fields.DecodedDataLength];
            string label = rest[fields.Label].ToString();
            if (Convert.TryFromBase64Chars(rest[fields.Base64Data], data, out _)) parts.Add(new PemPart(label, data));
            rest = rest[fields.Location.End..];
        }

        return parts;
    }
}
