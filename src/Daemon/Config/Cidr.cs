using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Consul.Fast.Daemon.Config;

/// <summary>Networks in CIDR notation; bits behind the prefix are ignored.</summary>
internal static class Cidr
{
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address)) return false;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)) return false;
        byte[] bytes = address.GetAddressBytes();
        if (length > bytes.Length * 8) return false;
        // Of an IPv4 address four parts are wanted, which the parser above does not insist on.
        if (address.AddressFamily == AddressFamily.InterNetwork && text.AsSpan(0, slash).Count('.') != 3) return false;
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        network = new IPNetwork(new IPAddress(bytes), length);
        return true;
    }
}
