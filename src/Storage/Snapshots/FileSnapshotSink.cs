using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>A snapshot in its unfinished directory.</summary>
internal sealed class FileSnapshotSink(FileSnapshotStore store, string path, SnapshotMeta meta) : ISnapshotSink
{
    private readonly string _unfinished = path + FileSnapshotStore.UnfinishedSuffix;
    private readonly BlockWriter _state = new(Path.Combine(path + FileSnapshotStore.UnfinishedSuffix, FileSnapshotStore.StateFile));
    private bool _committed;

    public Stream Stream => _state;

    public ValueTask<SnapshotMeta> CommitAsync()
    {
        _state.Complete();
        _state.Dispose();
        var complete = meta with { Size = _state.Written };
        WriteMeta(complete);
        store.Publish(path);
        _committed = true;
        return ValueTask.FromResult(complete);
    }

    public ValueTask DisposeAsync()
    {
        _state.Dispose();
        if (!_committed && Directory.Exists(_unfinished)) Directory.Delete(_unfinished, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void WriteMeta(SnapshotMeta complete)
    {
        using var file = new FileStream(Path.Combine(_unfinished, FileSnapshotStore.MetaFile), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(SnapshotMetaJson.Encode(complete));
        file.Flush(flushToDisk: true);
    }
}
