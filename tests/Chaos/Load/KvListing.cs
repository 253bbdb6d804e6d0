using System.Text;
using System.Text.Json;
using Consul.Fast.Chaos.Tests.Lab;

namespace Consul.Fast.Chaos.Tests.Load;

/// <summary>The keys of a server as its API lists them.</summary>
internal static class KvListing
{
    public static string Text(JsonElement entry)
    {
        JsonElement value = entry.GetProperty("Value");
        return value.ValueKind == JsonValueKind.Null ? "" : Encoding.UTF8.GetString(value.GetBytesFromBase64());
    }

    /// <summary>Keys and values; a tree without keys is answered with 404.</summary>
    public static Dictionary<string, string> Read(Reply reply)
    {
        if (reply.Is(404)) return [];
        if (!reply.Is(200)) throw new InvalidOperationException($"The keys cannot be listed: {reply}");
        return reply.Answer!.Json.EnumerateArray().ToDictionary(static entry => entry.GetProperty("Key").GetString()!, Text);
    }
}
