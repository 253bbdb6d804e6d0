using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;

namespace Consul.Fast.Daemon.Http;

/// <summary>The two layouts of JSON answers.</summary>
internal static class JsonLayout
{
    public static readonly JsonWriterOptions Compact = new() { Encoder = GoJsonEncoder.Instance, SkipValidation = true };

    public static readonly JsonWriterOptions Indented = new()
    {
        Encoder = GoJsonEncoder.Instance,
        SkipValidation = true,
        Indented = true,
        IndentSize = 4,
        NewLine = "\n",
    };
}
