using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>
/// A snapshot as users save and restore it: a gzip-compressed tar of <c>meta.json</c>, <c>state.bin</c> and the hashes of both.
/// Memory stays bounded whatever the size of the state.
/// </summary>
public static class SnapshotArchive
{
    internal const string MetaName = "meta.json";
    internal const string StateName = "state.bin";
    internal const string HashesName = "SHA256SUMS";

    /// <summary>Writes an archive. The output stays open.</summary>
    /// <param name="meta">Describes the state; its size must be exact.</param>
    /// <exception cref="InvalidDataException">The state is damaged or not of the described size.</exception>
    public static async Task WriteAsync(Stream output, SnapshotMeta meta, Stream state, CancellationToken cancellation = default)
    {
        var json = SnapshotMetaJson.Encode(meta);
        using var hashing = new HashingStream(state, meta.Size);
        var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        await using (gzip.ConfigureAwait(false))
        {
            var tar = new TarWriter(gzip, TarEntryFormat.Gnu, leaveOpen: true);
            await using (tar.ConfigureAwait(false))
            {
                await AddAsync(tar, MetaName, new MemoryStream(json), cancellation).ConfigureAwait(false);
                await AddAsync(tar, StateName, hashing, cancellation).ConfigureAwait(false);
                var sums = HashLine(SHA256.HashData(json), MetaName) + HashLine(hashing.Hash(), StateName);
                await AddAsync(tar, HashesName, new MemoryStream(Encoding.ASCII.GetBytes(sums)), cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Reads and verifies a whole archive; the state goes to a temporary file.
    /// </summary>
    /// <param name="temporaryDirectory">Where the file is made; it is gone when the result is disposed.</param>
    /// <exception cref="InvalidDataException">It is not a complete, undamaged archive; the message is for the user.</exception>
    /// <exception cref="SnapshotFileException">The temporary file cannot be made or written.</exception>
    public static async Task<ReadSnapshot> ReadAsync(Stream input, string temporaryDirectory, CancellationToken cancellation = default)
    {
        using var reader = new SnapshotArchiveReader(temporaryDirectory);
        return await reader.ReadAsync(input, cancellation).ConfigureAwait(false);
    }

    private static string HashLine(byte[] hash, string name) => $"{Convert.ToHexStringLower(hash)}  {name}\n";

    private static async Task AddAsync(TarWriter tar, string name, Stream content, CancellationToken cancellation)
    {
        var entry = new GnuTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            DataStream = content,
        };
        await tar.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
    }
}

/// <summary>A verified archive. Disposing it removes the temporary file.</summary>
public sealed class ReadSnapshot(SnapshotMeta meta, Stream state) : IDisposable
{
    public SnapshotMeta Meta { get; } = meta;

    /// <summary>The state stream from its start; seekable.</summary>
    public Stream State { get; } = state;

    public void Dispose() => State.Dispose();
}
