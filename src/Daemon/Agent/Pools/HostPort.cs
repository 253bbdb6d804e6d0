using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Takes <c>host:port</c> apart as memberlist does, and as strictly: what it refuses is refused with its words.</summary>
internal static class HostPort
{
    private const int Octets = 4;

    /// <summary>Null, or why the text names no host and port.</summary>
    /// <param name="defaultPort">Taken when the text has none.</param>
    public static string? Split(string text, int defaultPort, out string host, out ushort port)
    {
        port = 0;
        string whole = HasPort(text) ? text : WithPort(text.Trim('[', ']'), defaultPort);
        if (Divide(whole, out host, out string number) is { } fault) return $"address {whole}: {fault}";
        if (ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out port)) return null;
        bool isNumber = number.Length > 0 && number.All(char.IsAsciiDigit);
        return $"strconv.ParseUint: parsing {GoDuration.Quote(number)}: {(isNumber ? "value out of range" : "invalid syntax")}";
    }

    /// <summary>
    /// An IP address in full: none of the short or octal forms that the framework takes for one. The scope of a link-local
    /// address is dropped, since gossip has no place for it.
    /// </summary>
    public static bool TryParseIp(string text, out IPAddress address)
    {
        address = IPAddress.None;
        int scope = text.IndexOf('%', StringComparison.Ordinal);
        ReadOnlySpan<char> plain = scope < 0 ? text : text.AsSpan(0, scope);
        bool isLong = plain.Contains(':');
        if (scope >= 0 && !isLong) return false;
        foreach (char c in plain)
        {
            bool allowed = isLong ? char.IsAsciiHexDigit(c) || c is ':' or '.' : char.IsAsciiDigit(c) || c == '.';
            if (!allowed) return false;
        }

        if (!isLong && !IsDotted(plain)) return false;
        if (!IPAddress.TryParse(plain, out IPAddress? parsed)) return false;
        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    /// <summary>A short or octal form of an IPv4 address, which resolvers of the system take for the address itself.</summary>
    public static bool IsLooseIp(string text) =>
        IPAddress.TryParse(text, out IPAddress? loose) && loose.AddressFamily == AddressFamily.InterNetwork && !TryParseIp(text, out _);

    /// <summary>Four decimal numbers without leading zeros.</summary>
    private static bool IsDotted(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0')) return false;
            count++;
        }

        return count == Octets;
    }

    private static bool HasPort(string text) => text.LastIndexOf('[') == 0
        ? text.LastIndexOf(':') > text.LastIndexOf(']')
        : text.AsSpan().Count(':') == 1;

    private static string WithPort(string host, int port) =>
        host.AsSpan().ContainsAny(':', '%') ? $"[{host}]:{port}" : $"{host}:{port}";

    private static string? Divide(string text, out string host, out string port)
    {
        const string Missing = "missing port in address";
        host = port = "";
        int colon = text.LastIndexOf(':');
        if (colon < 0) return Missing;
        int afterOpening = 0, afterClosing = 0;
        if (text[0] == '[')
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0) return "missing ']' in address";
            if (end + 1 != colon) return end + 1 < text.Length && text[end + 1] == ':' ? "too many colons in address" : Missing;
            host = text[1..end];
            (afterOpening, afterClosing) = (1, end + 1);
        }
        else
        {
            host = text[..colon];
            if (host.Contains(':', StringComparison.Ordinal)) return "too many colons in address";
        }

        if (text.AsSpan(afterOpening).Contains('[')) return "unexpected '[' in address";
        if (text.AsSpan(afterClosing).Contains(']')) return "unexpected ']' in address";
        port = text[(colon + 1)..];
        return null;
    }
}
