using System.Collections.Immutable;
using System.Text.Json;
using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Gossip.Wire.Security;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>
/// The gossip keys of a pool on disk: a JSON array of base64 texts, primary first. Written by one task that keeps the order of
/// the changes, so that the loop of the pool never waits for the disk. A write that fails is repeated until it succeeds.
/// </summary>
internal sealed class KeyringFile(string path, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private ImmutableArray<GossipKey>? _next;
    private Task _writing = Task.CompletedTask;
    private bool _isWriting;

    /// <summary>Makes the file, with a single key on a single line.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Create(string path, GossipKey key)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(path, Format([key], default), durable: true);
    }

    /// <summary>The keys of a file. Null with the reason when they cannot be used.</summary>
    public static Keyring? Read(string path, out string fault)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = e.Message;
            return null;
        }

        fault = "";
        if (!JsonInput.TryParseWhole(content, out JsonElement root, out fault)) return null;
        if (root.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
        {
            fault = $"json: cannot unmarshal {Name(root)} into Go value of type []string";
            return null;
        }

        var keys = new List<GossipKey>();
        foreach (JsonElement item in root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : Array.Empty<JsonElement>())
        {
            if (item.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            {
                fault = $"json: cannot unmarshal {Name(item)} into Go value of type string";
                return null;
            }

            if (Decode(item.GetString() ?? "", out fault) is not { } key) return null;
            keys.Add(key);
        }

        if (keys.Count == 0) fault = $"no keys present in keyring: {path}";
        return keys.Count == 0 ? null : new Keyring([.. keys]);
    }

    /// <summary>A key from its text form. Null with the reason when it is none.</summary>
    public static GossipKey? Decode(string text, out string fault)
    {
        if (!JsonBase64.TryDecode(text, out byte[] bytes, out fault)) return null;
        if (GossipKey.TryFrom(bytes, out GossipKey? key)) return key;
        fault = Keyring.TextOf(KeyringResult.WrongSize);
        return null;
    }

    /// <summary>Notes the keys of the ring for writing. Quick; called on the loop of the pool.</summary>
    public void Save(Keyring ring)
    {
        lock (_gate)
        {
            _next = ring.Keys;
            if (_isWriting) return;
            _isWriting = true;
            _writing = Task.Run(WriteAllAsync);
        }
    }

    /// <summary>Writes what still waits.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task writing;
        lock (_gate) writing = _writing;
        await writing.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task WriteAllAsync()
    {
        while (Take() is { } keys)
        {
            if (TryWrite(keys) || _stop.IsCancellationRequested) continue;
            await Task.Delay(RetryDelay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate) _next ??= keys;
        }
    }

    private ImmutableArray<GossipKey>? Take()
    {
        lock (_gate)
        {
            ImmutableArray<GossipKey>? keys = _next;
            _next = null;
            _isWriting = keys is not null;
            return keys;
        }
    }

    private bool TryWrite(ImmutableArray<GossipKey> keys)
    {
        try
        {
            // Where the file is a link, its target is replaced.
            string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            AtomicFile.Write(target, Format(keys, Indented), durable: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.KeyringNotWritten(path, e.Message);
            return false;
        }
    }

    private static byte[] Format(ImmutableArray<GossipKey> keys, JsonWriterOptions options)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, options with { Encoder = GoJsonEncoder.Instance }))
        {
            writer.WriteStartArray();
            foreach (GossipKey key in keys) writer.WriteStringValue(key.ToBase64());
            writer.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private static string Name(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "bool",
    };
}
