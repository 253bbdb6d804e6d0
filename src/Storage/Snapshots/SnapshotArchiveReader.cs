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

    private readonly Dictionary<string, byte[]> _hashes = [];
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
                await ReadEndAsync(gzip, compressed, cancellation).ConfigureAwait(false);
            }
        }
        Verify();
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
        for (int count; (count = await ReadAsync(gzip, rest, cancellation).ConfigureAwait(false)) > 0;)
        {
            extra += count;
            empty &= !rest.AsSpan(0, count).ContainsAnyExcept((byte)0);
        }
        // A tar ends with two empty blocks, of which its reader takes at least one.
        if (extra > 512 || !empty) throw new InvalidDataException($"{extra} unread uncompressed bytes remain");
        if (!await compressed.EndsWithLengthAsync(gzip.Count, cancellation).ConfigureAwait(false))
            throw new InvalidDataException("failed to read snapshot file: data follows the compressed snapshot, or its end is missing");
    }

    private static async Task<int> ReadAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException damage)
        {
            throw Unreadable(damage);
        }
    }

    private static InvalidDataException Unreadable(Exception reason) =>
        new($"failed to read snapshot file: failed reading snapshot: {reason.Message}", reason);

    private async Task ReadMembersAsync(Stream tarStream, CancellationToken cancellation)
    {
        var tar = new TarReader(tarStream, leaveOpen: true);
        await using (tar.ConfigureAwait(false))
        {
            while (await NextAsync(tar, cancellation).ConfigureAwait(false) is { } entry)
            {
                if (_hashes.ContainsKey(entry.Name) || (entry.Name == SnapshotArchive.HashesName && _sums is not null))
                    throw new InvalidDataException($"failed to read snapshot file: file \"{entry.Name}\" appears twice in snapshot");
                switch (entry.Name)
                {
                    case SnapshotArchive.MetaName:
                        ReadMeta(await ReadSmallAsync(entry, cancellation).ConfigureAwait(false));
                        break;
                    case SnapshotArchive.StateName:
                        await ReadStateAsync(entry.DataStream ?? Stream.Null, cancellation).ConfigureAwait(false);
                        break;
                    case SnapshotArchive.HashesName:
                        _sums = await ReadSmallAsync(entry, cancellation).ConfigureAwait(false);
                        break;
                    default:
                        throw new InvalidDataException($"failed to read snapshot file: unexpected file \"{entry.Name}\" in snapshot");
                }
            }
        }
    }

    private static async Task<TarEntry?> NextAsync(TarReader tar, CancellationToken cancellation)
    {
        try
        {
            return await tar.GetNextEntryAsync(copyData: false, cancellation).ConfigureAwait(false);
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw Unreadable(damage);
        }
    }

    private static async Task<byte[]> ReadSmallAsync(TarEntry entry, CancellationToken cancellation)
    {
        if (entry.Length > SmallMemberLimit)
            throw new InvalidDataException($"failed to read snapshot file: file \"{entry.Name}\" has {entry.Length} bytes");
        using var copy = new MemoryStream();
        await CopyAsync(entry.DataStream ?? Stream.Null, copy, hash: null, cancellation).ConfigureAwait(false);
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
        _hashes.Add(SnapshotArchive.MetaName, SHA256.HashData(json));
    }

    private async Task ReadStateAsync(Stream content, CancellationToken cancellation)
    {
        _state = new FileStream(Path.Combine(temporaryDirectory, $"snapshot-{Guid.NewGuid():N}.tmp"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await CopyAsync(content, _state, hash, cancellation).ConfigureAwait(false);
        _hashes.Add(SnapshotArchive.StateName, hash.GetHashAndReset());
    }

    private static async Task CopyAsync(Stream from, Stream to, IncrementalHash? hash, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            for (int count; (count = await ReadAsync(from, buffer, cancellation).ConfigureAwait(false)) > 0;)
            {
                hash?.AppendData(buffer, 0, count);
                await to.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            }
        }
        catch (EndOfStreamException cut)
        {
            throw Unreadable(cut);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Verify()
    {
        const string Failed = "failed to read snapshot file: failed checking integrity of snapshot: ";
        if (_meta is null) throw new InvalidDataException($"{Failed}file \"{SnapshotArchive.MetaName}\" is missing");
        if (_state is null) throw new InvalidDataException($"{Failed}file \"{SnapshotArchive.StateName}\" is missing");
        if (_sums is null) throw new InvalidDataException($"{Failed}file \"{SnapshotArchive.HashesName}\" is missing");
        foreach (var line in Encoding.UTF8.GetString(_sums).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2) throw new InvalidDataException($"{Failed}failed to decode hash line \"{line}\"");
            if (!_hashes.Remove(parts[1], out var hash)) throw new InvalidDataException($"{Failed}list missing hash for \"{parts[1]}\"");
            if (!string.Equals(parts[0], Convert.ToHexStringLower(hash), StringComparison.OrdinalIgnoreCase))
                throw new InvalidDataException($"{Failed}hash check failed for \"{parts[1]}\"");
        }
        foreach (var name in _hashes.Keys) throw new InvalidDataException($"{Failed}file missing for \"{name}\"");
    }
}
