using System.Text.Json;
using Consul.Fast.Storage.Json;

namespace Consul.Fast.Daemon.Config.Sources;

/// <summary>Reads a JSON configuration: one object, no comments, of equal keys the last one counts. All numbers are fractions.</summary>
internal static class JsonText
{
    private const string UnexpectedEnd = "unexpected end of JSON input";

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <param name="error">What is wrong with the text; its place is counted from 1.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out ConfigObject root, out string error)
    {
        root = new ConfigObject();
        error = "";
        try
        {
            var reader = new Utf8JsonReader(text, Options);
            // A text that is merely cut has no place to point at.
            if (new JsonScanner(text).ScanWhole() == UnexpectedEnd)
            {
                error = UnexpectedEnd;
                return false;
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                error = "the configuration must be one JSON object";
                return false;
            }

            root = ReadObject(ref reader);
            // Anything but blanks behind the object is an error that the reader reports.
            reader.Read();
            return true;
        }
        catch (JsonException e)
        {
            error = $"line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: {FirstSentence(e.Message)}";
            return false;
        }
        catch (InvalidOperationException)
        {
            error = "invalid UTF-8 or UTF-16 in a string";
            return false;
        }
    }

    private static ConfigObject ReadObject(ref Utf8JsonReader reader)
    {
        var result = new ConfigObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string key = reader.GetString()!;
            reader.Read();
            result[key] = ReadValue(ref reader);
        }

        return result;
    }

    private static object? ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: return ReadObject(ref reader);
            case JsonTokenType.StartArray:
                var list = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) list.Add(ReadValue(ref reader));
                return list;
            case JsonTokenType.String: return reader.GetString();
            case JsonTokenType.Number: return reader.GetDouble();
            case JsonTokenType.True: return true;
            case JsonTokenType.False: return false;
            default: return null;
        }
    }

    /// <summary>The framework appends the place in its own words.</summary>
    private static string FirstSentence(string message)
    {
        int place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? message : message[..place].TrimEnd('.');
    }
}
