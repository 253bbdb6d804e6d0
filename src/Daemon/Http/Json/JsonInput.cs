using System.Text.Json;
using Consul.Fast.Storage.Json;

namespace Consul.Fast.Daemon.Http.Json;

/// <summary>Reads request bodies as Consul does: the first JSON value counts, whatever follows it is ignored.</summary>
internal static class JsonInput
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = JsonScanner.MaxDepth + 2 };

    /// <summary>Reads a text that must be one JSON value and nothing else.</summary>
    /// <param name="error">In the words that Consul's command line uses.</param>
    public static bool TryParseWhole(ReadOnlyMemory<byte> text, out JsonElement root, out string error)
    {
        root = default;
        var scanner = new JsonScanner(text.Span);
        error = scanner.ScanWhole() ?? "";
        return error.Length == 0 && TryParse(text, out root, out error);
    }

    /// <param name="root">Owns its memory; valid independently of <paramref name="body"/>.</param>
    /// <param name="error"><c>EOF</c> for an empty body, <c>unexpected EOF</c> for a truncated one, otherwise what is wrong.</param>
    public static bool TryParse(ReadOnlyMemory<byte> body, out JsonElement root, out string error)
    {
        ReadOnlySpan<byte> text = body.Span;
        var scanner = new JsonScanner(text);
        error = scanner.Scan() ?? "";
        if (error.Length > 0)
        {
            root = default;
            return false;
        }

        text = text[..scanner.Position];
        root = JsonElement.Parse(scanner.NeedsRepair ? JsonRepair.Repair(text) : text, s_options);
        return true;
    }
}
