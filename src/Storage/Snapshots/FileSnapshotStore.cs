using System.Globalization;
using Consul.Fast.Consensus;
using Consul.Fast.Storage.Log;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>
/// Snapshots as directories <c>term-index-milliseconds</c> with a description and a state file. A directory gets its name only
/// when everything in it is durable, and loses it before it is removed. Thread safe.
/// </summary>
public sealed class FileSnapshotStore : ISnapshotStore
{
    private const string DirectoryName = "snapshots";
    internal const string MetaFile = "meta.json";
    internal const string StateFile = "state.lz4";
    internal const string UnfinishedSuffix = ".tmp";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _retained;

    /// <param name="directory">Directory of log and snapshots; the snapshots are in <c>snapshots</c> below it.</param>
    /// <param name="retained">How many complete snapshots are kept.</param>
    /// <exception cref="DataFormatException">The data was written by a newer version.</exception>
    public FileSnapshotStore(string directory, TimeProvider time, ILogger? logger = null, int retained = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(retained, 1);
        FormatVersion.Check(directory);
        _directory = Path.Combine(directory, DirectoryName);
        _time = time;
        _logger = logger ?? NullLogger.Instance;
        _retained = retained;
        Directory.CreateDirectory(_directory, OwnerOnly);
        foreach (var unfinished in Directory.EnumerateDirectories(_directory, "*" + UnfinishedSuffix))
            Directory.Delete(unfinished, recursive: true);
    }

    public string Location => _directory;

    public IReadOnlyList<SnapshotMeta> List()
    {
        var found = new List<SnapshotMeta>();
        foreach (var (id, meta, fault) in ReadAll())
        {
            if (meta is not null) found.Add(meta);
            else StorageLog.SkippedSnapshot(_logger, id, fault);
        }
        found.Sort(NewestFirst);
        return found;
    }

    public IReadOnlyList<string> FindDamage() =>
        [.. ReadAll().Where(s => s.Meta is null && IsId(s.Id)).Select(s => s.Fault)];

    public ISnapshotSink Create(ulong index, ulong term, ClusterConfiguration configuration, ulong configurationIndex)
    {
        lock (_gate)
        {
            for (var time = _time.GetUtcNow().ToUnixTimeMilliseconds(); ; time++)
            {
                var id = $"{term}-{index}-{time}";
                var path = PathOf(id);
                if (Directory.Exists(path) || Directory.Exists(path + UnfinishedSuffix)) continue;
                Directory.CreateDirectory(path + UnfinishedSuffix, OwnerOnly);
                return new FileSnapshotSink(this, path, new SnapshotMeta(id, index, term, configuration, configurationIndex, Size: 0));
            }
        }
    }

    /// <exception cref="FileNotFoundException">A newer snapshot has taken its place in the meantime.</exception>
    public Stream Open(SnapshotMeta snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var path = Path.Combine(PathOf(snapshot.Id), StateFile);
        try
        {
            return new BlockReader(path);
        }
        catch (DirectoryNotFoundException gone)
        {
            throw new FileNotFoundException($"snapshot {snapshot.Id} is gone", path, gone);
        }
    }

    public void Remove(SnapshotMeta snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var path = PathOf(snapshot.Id);
        lock (_gate)
        {
            if (!Directory.Exists(path)) return;
            Directory.Move(path, path + UnfinishedSuffix);
            DiskIo.Instance.SyncDirectory(_directory);
            Directory.Delete(path + UnfinishedSuffix, recursive: true);
        }
    }

    /// <summary>Whether there are snapshots, readable or not, below a directory of log and snapshots.</summary>
    internal static bool HasAny(string directory)
    {
        var snapshots = Path.Combine(directory, DirectoryName);
        return Directory.Exists(snapshots) && Directory.EnumerateDirectories(snapshots).Any(path => IsId(Path.GetFileName(path)));
    }

    /// <summary>Gives a finished directory its name and removes the snapshots beyond the retention.</summary>
    internal void Publish(string path)
    {
        lock (_gate)
        {
            DiskIo.Instance.SyncDirectory(path + UnfinishedSuffix);
            Directory.Move(path + UnfinishedSuffix, path);
            DiskIo.Instance.SyncDirectory(_directory);
            foreach (var old in List().Skip(_retained)) Retire(PathOf(old.Id));
        }
    }

    private IEnumerable<(string Id, SnapshotMeta? Meta, string Fault)> ReadAll()
    {
        foreach (var path in Directory.EnumerateDirectories(_directory))
        {
            if (path.EndsWith(UnfinishedSuffix, StringComparison.Ordinal)) continue;
            var (meta, fault) = ReadMeta(path);
            yield return (Path.GetFileName(path), meta, fault);
        }
    }

    /// <summary>Whether a directory is one of this store's: somebody may have put others beside them.</summary>
    private static bool IsId(string name)
    {
        var parts = name.Split('-');
        return parts.Length == 3 && parts.All(p => ulong.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    private static (SnapshotMeta? Meta, string Fault) ReadMeta(string path)
    {
        var file = Path.Combine(path, MetaFile);
        try
        {
            var meta = SnapshotMetaJson.Decode(File.ReadAllBytes(file));
            if (meta.Id != Path.GetFileName(path)) return (null, $"{file} describes snapshot {meta.Id}");
            var fault = BlockStream.FindEndFault(Path.Combine(path, StateFile), meta.Size);
            return fault is null ? (meta, "") : (null, fault);
        }
        catch (InvalidDataException error)
        {
            return (null, $"{file}: {error.Message}");
        }
        catch (IOException error)
        {
            return (null, error.Message);
        }
    }

    private static int NewestFirst(SnapshotMeta a, SnapshotMeta b)
    {
        var order = b.Term.CompareTo(a.Term);
        if (order == 0) order = b.Index.CompareTo(a.Index);
        return order == 0 ? string.CompareOrdinal(b.Id, a.Id) : order;
    }

    private void Retire(string path)
    {
        try
        {
            Directory.Move(path, path + UnfinishedSuffix);
            Directory.Delete(path + UnfinishedSuffix, recursive: true);
        }
        catch (IOException failure)
        {
            // The new snapshot is complete all the same; what is left is removed at the next start.
            StorageLog.CannotRemoveSnapshot(_logger, Path.GetFileName(path), failure);
        }
    }

    private string PathOf(string id) => Path.Combine(_directory, id);
}
