using System.Buffers;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>Reads one archive member by member and verifies it.</summary>
internal sealed class SnapshotArchiveReader(string temporaryDirectory) : IDisposable
{
    /// <summary>Far above what the description and the hashes of any cluster need.</summary>
    private const int SmallMemberLimit = 4 << 20;

    private const int TarBlock = 512;

    private static readonly byte[] s_hashOfNothing = SHA256.HashData([]);

    /// <summary>A member that does not come counts as empty, so that its absence shows as a wrong hash.</summary>
    private readonly Dictionary<string, byte[]> _hashes = new()
    {
        [SnapshotArchive.MetaName] = s_hashOfNothing,
        [SnapshotArchive.StateName] = s_hashOfNothing,
    };

    private readonly HashSet<string> _members = [];
    private SnapshotMeta? _meta;
    private byte[]? _sums;
    private FileStream? _state;

    public async Task<ReadSnapshot> ReadAsync(Stream input, CancellationToken cancellation)
    {
        var compressed = await GzipInput.OpenAsync(input, cancellation).ConfigureAwait(false);
        await using (compressed.ConfigureAwait(false))
        {
            var gzip = new CountingStream(new GZipStream(compressed, CompressionMode.Decompress));
            await using (gzip.ConfigureAwait(false))
            {
                await ReadMembersAsync(gzip, cancellation).ConfigureAwait(false);
                Verify();
                await ReadEndAsync(gzip, compressed, cancellation).ConfigureAwait(false);
            }
        }
        var (meta, state) = (_meta!, _state!);
        if (state.Length != meta.Size) throw new InvalidDataException($"snapshot data has {state.Length} bytes, expected {meta.Size}");
        state.Position = 0;
        _state = null;
        return new ReadSnapshot(meta, state);
    }

    public void Dispose() => _state?.Dispose();

    private static async Task ReadEndAsync(CountingStream gzip, GzipInput compressed, CancellationToken cancellation)
    {
        var rest = new byte[4096];
        var extra = 0L;
        var empty = true;
        for (int count; (count = await ReadAsync(gzip, rest, "failed reading snapshot", cancellation).ConfigureAwait(false)) > 0;)
        {
            extra += count;
            empty &= !rest.AsSpan(0, count).ContainsAnyExcept((byte)0);
        }
        // A tar ends with two empty blocks, of which its reader takes at least one.
        if (extra > TarBlock || !empty) throw new InvalidDataException($"{Math.Max(extra - TarBlock, 1)} unread uncompressed bytes remain");
        if (!await compressed.EndsWithLengthAsync(gzip.Count, cancellation).ConfigureAwait(false))
            throw new InvalidDataException("failed to read snapshot file: data follows the compressed snapshot, or its end is missing");
    }

    /// <param name="failed">What cannot be done when the data is cut or damaged.</param>
    private static async Task<int> ReadAsync(Stream stream, Memory<byte> buffer, string failed, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException damage)
        {
            throw Unreadable(failed, "flate: corrupt input", damage);
        }
        catch (EndOfStreamException cut)
        {
            throw Unreadable(failed, "unexpected EOF", cut);
        }
    }

    private static InvalidDataException Unreadable(string failed, string reason, Exception? cause) =>
        new($"failed to read snapshot file: {failed}: {reason}", cause);

    private async Task ReadMembersAsync(CountingStream tarStream, CancellationToken cancellation)
    {
        var tar = new TarReader(tarStream, leaveOpen: true);
        await using (tar.ConfigureAwait(false))
        {
            while (await NextAsync(tar, tarStream, cancellation).ConfigureAwait(false) is { } entry)
            {
                if (!_members.Add(entry.Name))
                    throw new InvalidDataException($"failed to read snapshot file: file \"{entry.Name}\" appears twice in snapshot");
                switch (entry.Name)
                {
                    case SnapshotArchive.MetaName:
                        ReadMeta(await ReadSmallAsync(entry, "failed to read snapshot metadata", cancellation).ConfigureAwait(false));
                        break;
                    case SnapshotArchive.StateName:
                        await ReadStateAsync(entry, cancellation).ConfigureAwait(false);
                        break;
                    case SnapshotArchive.HashesName:
                        _sums = await ReadSmallAsync(entry, "failed to read snapshot hashes", cancellation).ConfigureAwait(false);
                        break;
                    default:
                        throw new InvalidDataException($"failed to read snapshot file: unexpected file \"{entry.Name}\" in snapshot");
                }
            }
        }
    }

    private static async Task<TarEntry?> NextAsync(TarReader tar, CountingStream tarStream, CancellationToken cancellation)
    {
        const string Failed = "failed reading snapshot";
        try
        {
            return await tar.GetNextEntryAsync(copyData: false, cancellation).ConfigureAwait(false);
        }
        catch (EndOfStreamException) when (tarStream.Count % TarBlock == 0)
        {
            // Without the empty blocks that should end it, but whole: what was read decides.
            return null;
        }
        catch (EndOfStreamException cut)
        {
            throw Unreadable(Failed, "unexpected EOF", cut);
        }
        catch (Exception damage) when (damage is InvalidDataException or FormatException)
        {
            throw Unreadable(Failed, tarStream.IsDamaged ? "flate: corrupt input" : "archive/tar: invalid tar header", damage);
        }
    }

    private static async Task<byte[]> ReadSmallAsync(TarEntry entry, string failed, CancellationToken cancellation)
    {
        if (entry.Length > SmallMemberLimit)
            throw new InvalidDataException($"failed to read snapshot file: file \"{entry.Name}\" has {entry.Length} bytes");
        using var copy = new MemoryStream();
        await CopyAsync(entry, copy, hash: null, failed, cancellation).ConfigureAwait(false);
        return copy.ToArray();
    }

    private void ReadMeta(byte[] json)
    {
        try
        {
            _meta = SnapshotMetaJson.Decode(json);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"failed to read snapshot file: failed to decode snapshot metadata: {fault.Message}", fault);
        }
        _hashes[SnapshotArchive.MetaName] = SHA256.HashData(json);
    }

    private async Task ReadStateAsync(TarEntry entry, CancellationToken cancellation)
    {
        _state = CreateTemporaryFile();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await CopyAsync(entry, _state, hash, "failed to read or write snapshot data", cancellation).ConfigureAwait(false);
        _hashes[SnapshotArchive.StateName] = hash.GetHashAndReset();
    }

    private FileStream CreateTemporaryFile()
    {
        try
        {
            return new FileStream(Path.Combine(temporaryDirectory, $"snapshot-{Guid.NewGuid():N}.tmp"), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotFileException("failed to create temp snapshot file: " + FileErrorText.Of(fault), fault);
        }
    }

    private static async Task WriteAsync(Stream to, ReadOnlyMemory<byte> bytes, string failed, CancellationToken cancellation)
    {
        try
        {
            await to.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            throw new SnapshotFileException($"failed to read snapshot file: {failed}: {FileErrorText.Of(fault)}", fault);
        }
    }

    private static async Task CopyAsync(TarEntry entry, Stream to, IncrementalHash? hash, string failed, CancellationToken cancellation)
    {
        var from = entry.DataStream ?? Stream.Null;
        var left = entry.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            for (int count; (count = await ReadAsync(from, buffer, failed, cancellation).ConfigureAwait(false)) > 0;)
            {
                left -= count;
                hash?.AppendData(buffer, 0, count);
                await WriteAsync(to, buffer.AsMemory(0, count), failed, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (left > 0) throw Unreadable(failed, "unexpected EOF", cause: null);
    }

    private void Verify()
    {
        const string Failed = "failed to read snapshot file: failed checking integrity of snapshot: ";
        foreach (var line in Encoding.UTF8.GetString(_sums ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2) throw new InvalidDataException($"{Failed}failed to decode hash line \"{line}\"");
            if (!_hashes.Remove(parts[1], out var hash)) throw new InvalidDataException($"{Failed}list missing hash for \"{parts[1]}\"");
            if (!string.Equals(parts[0], Convert.ToHexStringLower(hash), StringComparison.OrdinalIgnoreCase))
                throw new InvalidDataException($"{Failed}hash check failed for \"{parts[1]}\"");
        }
        foreach (var name in _hashes.Keys) throw new InvalidDataException($"{Failed}file missing for \"{name}\"");
        // Only an archive that hashes nothing on purpose comes this far without them.
        if (_meta is null) throw new InvalidDataException($"{Failed}file \"{SnapshotArchive.MetaName}\" is missing");
        if (_state is null) throw new InvalidDataException($"{Failed}file \"{SnapshotArchive.StateName}\" is missing");
    }
}
