using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>Runs a command inside a container through the Docker engine; its exit code decides as for scripts.</summary>
internal sealed class DockerCheck(CheckEnvironment environment, CheckDefinition type) : PeriodicCheck(environment, type, NoTimeout)
{
    /// <summary>A run without a time-out of its own has none; this is as far as timers reach sensibly.</summary>
    private static readonly TimeSpan NoTimeout = TimeSpan.FromDays(1);

    protected override async Task ProbeAsync(CancellationToken deadline)
    {
        try
        {
            string execution = await CreateAsync(deadline).ConfigureAwait(false);
            var output = new TailBuffer(OutputMaxSize);
            await StartAsync(execution, output, deadline).ConfigureAwait(false);
            string status = await ExitCodeAsync(execution, deadline).ConfigureAwait(false) switch
            {
                0 => CheckStatus.Passing,
                1 => CheckStatus.Warning,
                _ => CheckStatus.Critical,
            };
            Publish(status, output.ToCapturedText());
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            string reason = deadline.IsCancellationRequested
                ? $"Timed out ({GoDuration.Format(Timeout)}) running check" : HttpCheck.InnermostReason(fault);
            Environment.Logger.CheckFailedToStart(Type.Id, reason);
            Publish(CheckStatus.Critical, reason);
        }
    }

    private async Task<string> CreateAsync(CancellationToken deadline)
    {
        byte[] body = Json(Type.ScriptArgs!, static (writer, args) =>
        {
            writer.WriteBoolean("AttachStdin", false);
            writer.WriteBoolean("AttachStdout", true);
            writer.WriteBoolean("AttachStderr", true);
            writer.WriteBoolean("Tty", true);
            writer.WriteStartArray("Cmd");
            foreach (string arg in args) writer.WriteStringValue(arg);
            writer.WriteEndArray();
        });
        string container = Uri.EscapeDataString(Type.DockerContainerId);
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Post, $"/containers/{container}/exec", body, deadline).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Created) throw await FailedAsync("create exec", response, deadline).ConfigureAwait(false);
        using JsonDocument created = await ReadJsonAsync(response, deadline).ConfigureAwait(false);
        return created.RootElement.TryGetProperty("Id", out JsonElement id) && id.GetString() is { Length: > 0 } text
            ? text : throw new IOException("create exec: the engine named no execution");
    }

    private async Task StartAsync(string execution, TailBuffer output, CancellationToken deadline)
    {
        byte[] body = Json(0, static (writer, _) =>
        {
            writer.WriteBoolean("Detach", false);
            writer.WriteBoolean("Tty", true);
        });
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Post, $"/exec/{execution}/start", body, deadline).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK) throw await FailedAsync("start exec", response, deadline).ConfigureAwait(false);
        using Stream stream = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, deadline).ConfigureAwait(false)) > 0) output.Write(buffer.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<int> ExitCodeAsync(string execution, CancellationToken deadline)
    {
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Get, $"/exec/{execution}/json", null, deadline).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK) throw await FailedAsync("inspect exec", response, deadline).ConfigureAwait(false);
        using JsonDocument state = await ReadJsonAsync(response, deadline).ConfigureAwait(false);
        return state.RootElement.TryGetProperty("ExitCode", out JsonElement code) && code.TryGetInt32(out int number)
            ? number : throw new IOException("inspect exec: the engine told no exit code");
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken deadline)
    {
        var request = new HttpRequestMessage(method, "http://docker" + path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        return Environment.Clients.Docker.SendAsync(request, deadline);
    }

    private static async Task<IOException> FailedAsync(string what, HttpResponseMessage response, CancellationToken deadline)
    {
        string text = await response.Content.ReadAsStringAsync(deadline).ConfigureAwait(false);
        return new IOException(string.Create(CultureInfo.InvariantCulture, $"{what} failed: {(int)response.StatusCode}: {text.Trim()}"));
    }

    private static async Task<JsonDocument> ReadJsonAsync(HttpResponseMessage response, CancellationToken deadline) =>
        JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(deadline).ConfigureAwait(false));

    private static byte[] Json<T>(T value, Action<Utf8JsonWriter, T> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        members(writer, value);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
