using System.Globalization;
using Consul.Fast.Daemon.Config.Sources;

namespace Consul.Fast.Daemon.Config.Schema;

/// <summary>Values as the error messages that users know show them: <c>[a b]</c>, <c>map[a:1]</c>.</summary>
internal static class GoText
{
    public static string Of(object? value) => value switch
    {
        null => "<nil>",
        string text => text,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        List<object?> list => $"[{string.Join(' ', list.Select(Of))}]",
        ConfigObject map => $"map[{string.Join(' ', Pairs(map))}]",
        _ => value.ToString() ?? "",
    };

    private static IEnumerable<string> Pairs(ConfigObject map) =>
        map.Pairs.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}:{Of(pair.Value)}");
}
