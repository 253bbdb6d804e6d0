using System.Collections;
using System.Globalization;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>How values appear in log lines.</summary>
internal static class LogValue
{
    public static string Format(object? value) => value switch
    {
        null => "<nil>",
        string text => text,
        bool flag => flag ? "true" : "false",
        TimeSpan duration => GoDuration.Format(duration),
        Exception exception => exception.Message,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Format))}]",
        _ => value.ToString() ?? "",
    };

    /// <summary>The value behind <c>key=</c>: quoted, not escaped, when it holds blanks; so are the items of lists.</summary>
    public static string FormatForText(object? value)
    {
        if (value is IEnumerable list and not string) return $"[{string.Join(", ", list.Cast<object?>().Select(FormatForText))}]";
        string text = Format(value);
        return text.AsSpan().ContainsAny(" \t\r\n") ? $"\"{text}\"" : text;
    }
}
