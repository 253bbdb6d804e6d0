using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Consul.Fast.Daemon.Http;

/// <summary>What a client says about compressed answers.</summary>
internal static class AcceptEncoding
{
    /// <summary>True when gzip is named with a weight above zero; <c>*</c> does not name it.</summary>
    public static bool AllowsGzip(in StringValues header)
    {
        foreach (string? line in header)
        {
            ReadOnlySpan<char> rest = line;
            while (!rest.IsEmpty)
            {
                int comma = rest.IndexOf(',');
                ReadOnlySpan<char> item = comma < 0 ? rest : rest[..comma];
                rest = comma < 0 ? default : rest[(comma + 1)..];
                int semicolon = item.IndexOf(';');
                ReadOnlySpan<char> coding = (semicolon < 0 ? item : item[..semicolon]).Trim();
                if (coding.Equals("gzip", StringComparison.OrdinalIgnoreCase))
                    return semicolon < 0 || Weight(item[(semicolon + 1)..]) > 0;
            }
        }

        return false;
    }

    private static double Weight(ReadOnlySpan<char> parameters)
    {
        int equals = parameters.IndexOf('=');
        if (equals < 0 || !parameters[..equals].Trim().Equals("q", StringComparison.OrdinalIgnoreCase)) return 1;
        return double.TryParse(parameters[(equals + 1)..].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out double weight)
            ? weight
            : 0;
    }
}
