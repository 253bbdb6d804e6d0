using System.Globalization;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Storage.Snapshots;

namespace Consul.Fast.Daemon.Cli.Snapshot;

/// <summary>
/// <c>consul snapshot save</c>: writes the archive beside its target, reads it back, and only then gives it its name.
/// </summary>
internal sealed class SnapshotSaveCommand() : ClientCommand(ClientFlagSets.Server)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public override string Name => "snapshot save";

    public override string Synopsis => "Saves snapshot of Consul server state";

    protected override string Usage => """
        Usage: consul snapshot save [options] FILE

          Retrieves an atomic, point-in-time snapshot of the state of the Consul servers
          and saves it to a file.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (arguments.Length == 0) return context.Fail("Missing FILE argument");
        if (TooMany(arguments, 1) is { } fault) return context.Fail(fault);
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        string file = arguments[0];
        string unverified = file + ".unverified";
        string temporary = $"{unverified}.tmp{Random.Shared.Next(100_000_000, 1_000_000_000)}";
        ulong index = 0;
        try
        {
            Reply reply = await client.StreamAsync("/v1/snapshot", new QueryText().AddIf(Shared.Stale, "stale"), async response =>
            {
                index = IndexOf(response);
                await WriteAsync(temporary, response.Content, context.Cancellation);
                File.Move(temporary, unverified, overwrite: true);
            });
            if (reply.Error is not null) return context.Fail($"Error saving snapshot: {reply.Error}");
            if (await VerifyAsync(unverified, context.Cancellation) is { } damage) return context.Fail(damage);
            File.Move(unverified, file, overwrite: true);
        }
        catch (Exception broken) when (GoErrors.IsFileFault(broken))
        {
            return context.Fail($"Error writing unverified snapshot file: {GoErrors.File("open", temporary, broken)}");
        }
        finally
        {
            Remove(temporary);
            Remove(unverified);
        }

        context.Out.WriteLine($"Saved and verified snapshot to index {index}");
        return ExitCode.Success;
    }

    /// <summary>Removes what an attempt left behind; there is nothing to tell when that fails as well.</summary>
    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception broken) when (GoErrors.IsFileFault(broken))
        {
            // The user has got the reason already.
        }
    }

    private static ulong IndexOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Consul-Index", out IEnumerable<string>? values)
        && ulong.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong index) ? index : 0;

    private static async Task WriteAsync(string path, HttpContent archive, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        await using var output = new FileStream(path, options);
        File.SetUnixFileMode(output.SafeFileHandle, OwnerOnly);
        await archive.CopyToAsync(output, cancellation);
        output.Flush(flushToDisk: true);
    }

    private static async Task<string?> VerifyAsync(string path, CancellationToken cancellation)
    {
        await using FileStream input = File.OpenRead(path);
        try
        {
            using ReadSnapshot snapshot = await SnapshotArchive.ReadAsync(input, Path.GetTempPath(), cancellation);
            return null;
        }
        catch (InvalidDataException damage)
        {
            return $"Error verifying snapshot file: {damage.Message}";
        }
    }
}
