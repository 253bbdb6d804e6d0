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

    /// <summary>The value behind <c>key=</c>: quoted, not escaped, when it holds blanks.</summary>
    public static string FormatForText(object? value)
    {
        string text = Format(value);
        bool isList = value is IEnumerable and not string;
        return !isList && text.AsSpan().ContainsAny(" \t\r\n") ? $"\"{text}\"" : text;
    }
}
