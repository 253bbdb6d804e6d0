using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>Consul's two forms of a log line. Results end with a newline.</summary>
internal static class LogFormat
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>2026-11-23T02:43:01.092Z [INFO]  agent: message: key=value</c>.</summary>
    public static byte[] Text(in LogEntry entry)
    {
        var line = new StringBuilder(160);
        line.Append(entry.Time.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture)).Append(Zone(entry.Time, ""));
        line.Append(Bracket(entry.Level)).Append(entry.Module).Append(": ").Append(entry.Sentence);
        char separator = ':';
        foreach ((string key, string placeholder) in entry.Template?.Pairs ?? [])
        {
            AppendPair(line, ref separator, key, LogTemplate.Find(entry.Values, placeholder));
        }

        if (entry.Exception is not null)
        {
            AppendPair(line, ref separator, "error", entry.Exception);
            if (entry.Level >= LogLevel.Error && entry.Exception.StackTrace is { } trace) line.Append('\n').Append(trace);
        }

        return Encoding.UTF8.GetBytes(line.Append('\n').ToString());
    }

    /// <summary><c>{"@level":"info","@message":"…","@module":"agent","@timestamp":"…","key":"value"}</c>.</summary>
    public static byte[] Json(in LogEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, JsonOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("@level", Name(entry.Level));
            writer.WriteString("@message", entry.Sentence);
            writer.WriteString("@module", entry.Module);
            writer.WriteString("@timestamp", entry.Time.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture)
                + Zone(entry.Time, ":"));
            foreach ((string key, string placeholder) in entry.Template?.Pairs ?? [])
            {
                WriteValue(writer, key, LogTemplate.Find(entry.Values, placeholder));
            }

            if (entry.Exception is not null) writer.WriteString("error", entry.Exception.ToString());
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void AppendPair(StringBuilder line, ref char separator, string key, object? value)
    {
        if (separator == ':') line.Append(separator);
        separator = ' ';
        line.Append(' ').Append(key).Append('=').Append(LogValue.FormatForText(value));
    }

    private static void WriteValue(Utf8JsonWriter writer, string key, object? value)
    {
        switch (value)
        {
            case bool flag: writer.WriteBoolean(key, flag); break;
            case int number: writer.WriteNumber(key, number); break;
            case uint number: writer.WriteNumber(key, number); break;
            case long number: writer.WriteNumber(key, number); break;
            case ulong number: writer.WriteNumber(key, number); break;
            case double number when double.IsFinite(number): writer.WriteNumber(key, number); break;
            case IEnumerable<string> list:
                writer.WriteStartArray(key);
                foreach (string item in list) writer.WriteStringValue(item);
                writer.WriteEndArray();
                break;
            default: writer.WriteString(key, LogValue.Format(value)); break;
        }
    }

    private static string Zone(DateTimeOffset time, string separator)
    {
        if (time.Offset == TimeSpan.Zero) return "Z";
        TimeSpan size = time.Offset.Duration();
        return string.Create(
            CultureInfo.InvariantCulture, $"{(time.Offset < TimeSpan.Zero ? '-' : '+')}{size.Hours:00}{separator}{size.Minutes:00}");
    }

    private static string Bracket(LogLevel level) => level switch
    {
        LogLevel.Trace => " [TRACE] ",
        LogLevel.Debug => " [DEBUG] ",
        LogLevel.Information => " [INFO]  ",
        LogLevel.Warning => " [WARN]  ",
        _ => " [ERROR] ",
    };

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}
