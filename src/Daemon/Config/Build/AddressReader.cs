using System.Net;
using System.Net.Sockets;
using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Reads address values: templates are expanded, faults collected.</summary>
internal sealed class AddressReader(ConfigReader reader)
{
    private const string UnixScheme = "unix://";

    /// <summary>The one IP address of a key; null when it is not set or wrong.</summary>
    public IPAddress? Single(string path)
    {
        string text = reader.Text(path);
        if (text.Length == 0) return null;
        string[] words = reader.Expand(path, text);
        if (words.Length > 1) reader.Errors.Add($"{path}: multiple addresses found: {string.Join(' ', words)}");
        if (words.Length != 1) return null;
        if (IsUnix(words[0])) reader.Errors.Add($"{path} cannot be a unix socket");
        else if (TryParseIp(words[0], out IPAddress? address)) return address;
        else reader.Errors.Add($"{path}: invalid ip address: {words[0]}");
        return null;
    }

    /// <summary>All listen addresses of a key, each with a port; null when it is not set.</summary>
    public IReadOnlyList<ListenAddress>? Many(string path, int port)
    {
        string text = reader.Text(path);
        if (text.Length == 0) return null;
        var result = new List<ListenAddress>();
        foreach (string word in reader.Expand(path, text))
        {
            if (IsUnix(word)) result.Add(ListenAddress.Unix(word[UnixScheme.Length..]));
            else if (TryParseIp(word, out IPAddress? address)) result.Add(ListenAddress.Ip(address, Math.Max(0, port)));
            else reader.Errors.Add($"{path}: invalid ip address: {word}");
        }

        return result;
    }

    public static bool IsUnix(string word) => word.StartsWith(UnixScheme, StringComparison.Ordinal);

    /// <summary>An IP address, IPv6 perhaps in brackets. Abbreviated IPv4 addresses are no addresses.</summary>
    public static bool TryParseIp(string word, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        string plain = word.StartsWith('[') && word.EndsWith(']') ? word[1..^1] : word;
        if (!IPAddress.TryParse(plain, out address)) return false;
        return address.AddressFamily == AddressFamily.InterNetworkV6 || plain.Count(static c => c == '.') == 3;
    }
}
