using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;

namespace Consul.Fast.Daemon.Cli;

/// <summary>How the commands print JSON.</summary>
internal static class CliJson
{
    public static JsonWriterOptions Indented(char character, int size) => new()
    {
        Indented = true,
        IndentCharacter = character,
        IndentSize = size,
        NewLine = "\n",
        Encoder = GoJsonEncoder.Instance,
    };
}
