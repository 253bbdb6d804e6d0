using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;

namespace Consul.Fast.Daemon.Cli.Client;

/// <summary>An agent's answer, or why there was none.</summary>
internal sealed class Reply
{
    private Reply(int status, byte[] body, string? error)
    {
        Status = status;
        Body = body;
        Error = error;
    }

    /// <summary>The HTTP status; 0 when the agent was not reached.</summary>
    public int Status { get; }

    public byte[] Body { get; }

    /// <summary>Null after status 200; else the text to print after the command's own prefix.</summary>
    public string? Error { get; }

    /// <summary>The body of a boolean answer.</summary>
    public bool IsTrue => Encoding.UTF8.GetString(Body).Contains("true", StringComparison.Ordinal);

    public static Reply Answer(int status, byte[] body) => new(status, body, status == 200 ? null : UnexpectedStatus(status, body));

    public static Reply Unreachable(string error) => new(0, [], error);

    public static string UnexpectedStatus(int status, byte[] body) =>
        $"Unexpected response code: {status} ({Encoding.UTF8.GetString(body)})";

    /// <summary>
    /// Reads the body as JSON. False when the agent answered an error, no JSON, or JSON of another shape than
    /// <paramref name="read"/> expects; then <paramref name="error"/> is the text to print after the command's own prefix.
    /// </summary>
    /// <param name="read">Takes everything the command needs out of the answer, by <see cref="JsonFacts"/>.</param>
    public bool TryRead<T>(Func<JsonElement, T> read, [NotNullWhen(true)] out T? value, out string error)
        where T : class
    {
        value = null;
        error = Error ?? "";
        if (Error is not null) return false;
        if (!JsonInput.TryParse(Body, out JsonElement root, out error)) return false;
        try
        {
            value = read(root);
            return true;
        }
        catch (UnexpectedShapeException fault)
        {
            error = fault.Message;
            return false;
        }
    }
}
