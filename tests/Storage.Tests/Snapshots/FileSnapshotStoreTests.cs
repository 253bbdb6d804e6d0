using Consul.Fast.Consensus;
using Consul.Fast.Storage.Log;
using Consul.Fast.Storage.Snapshots;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Storage.Tests.Snapshots;

public sealed class FileSnapshotStoreTests : IDisposable
{
    private static readonly ClusterConfiguration Configuration = new(
    [
        new RaftServer(Suffrage.Voter, "id-1", "10.0.0.1:8300"),
        new RaftServer(Suffrage.NonVoter, "id-2", "10.0.0.2:8300"),
    ]);

    private readonly TemporaryDirectory _directory = new();
    private readonly ListLogger _logger = new();

    public void Dispose() => _directory.Dispose();

    private string Snapshots => _directory.Sub("snapshots");

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(BlockStream.BlockSize, true)]
    [InlineData(BlockStream.BlockSize + 1, false)]
    [InlineData(6_000_000, true)]
    [InlineData(3_000_000, false)]
    public async Task State_and_description_survive_a_restart(int size, bool compressible)
    {
        var state = State(size, compressible);
        var written = await SaveAsync(Store(), 5, 2, state);

        var reopened = Store();
        var meta = Assert.Single(reopened.List());
        Assert.Equal((written.Id, 5UL, 2UL, 3UL, (long)size), (meta.Id, meta.Index, meta.Term, meta.ConfigurationIndex, meta.Size));
        Assert.Equal(Configuration.Servers, meta.Configuration.Servers);
        Assert.Equal(state, Load(reopened, meta));
        var file = new FileInfo(StateFile(meta)).Length;
        if (size > 1000) Assert.True(compressible ? file < size / 2 : file > size);
        Assert.Empty(_logger.Messages);
    }

    [Fact]
    public async Task Newest_come_first_and_two_are_kept()
    {
        var store = Store();
        await SaveAsync(store, 10, 1);
        await SaveAsync(store, 9, 2);
        await SaveAsync(store, 30, 2);

        Assert.Equal([(2UL, 30UL), (2UL, 9UL)], store.List().Select(s => (s.Term, s.Index)));
        Assert.Equal(2, Directory.GetDirectories(Snapshots).Length);
    }

    [Fact]
    public async Task Snapshots_of_one_moment_have_different_names()
    {
        var store = new FileSnapshotStore(_directory.Path, new FixedTime(), _logger);
        var first = await SaveAsync(store, 5, 1);
        var second = await SaveAsync(store, 5, 1);

        Assert.Equal(("1-5-1700000000000", "1-5-1700000000001"), (first.Id, second.Id));
        Assert.Equal([second.Id, first.Id], store.List().Select(s => s.Id));
    }

    [Fact]
    public async Task Snapshot_disposed_without_commit_leaves_nothing()
    {
        var store = Store();
        await using (var sink = store.Create(1, 1, Configuration, 1)) await sink.Stream.WriteAsync(new byte[1000]);

        Assert.Empty(store.List());
        Assert.Empty(Directory.GetDirectories(Snapshots));
    }

    [Fact]
    public async Task Unfinished_snapshot_is_invisible_and_removed_at_the_next_start()
    {
        var store = Store();
        await SaveAsync(store, 1, 1);
        var sink = store.Create(2, 1, Configuration, 1);
        sink.Stream.Write(new byte[1000]);

        Assert.Single(store.List());
        Assert.Single(Store().List());
        Assert.Single(Directory.GetDirectories(Snapshots));
        await sink.DisposeAsync();
    }

    [Fact]
    public async Task Stream_of_a_snapshot_that_is_replaced_stays_readable()
    {
        var store = Store();
        var state = State(2_000_000, compressible: false);
        var oldest = await SaveAsync(store, 1, 1, state);
        using var open = store.Open(oldest);
        await SaveAsync(store, 2, 1);
        await SaveAsync(store, 3, 1);

        Assert.Equal(state, ReadAll(open));
        Assert.Throws<FileNotFoundException>(() => store.Open(oldest));
    }

    [Fact]
    public async Task Every_changed_byte_of_a_state_file_is_found_with_its_position()
    {
        var store = Store();
        var meta = await SaveAsync(store, 1, 1, State(300, compressible: false));
        var original = await File.ReadAllBytesAsync(StateFile(meta));
        for (var at = 0; at < original.Length; at++)
        {
            var changed = original.ToArray();
            changed[at] ^= 0x10;
            await File.WriteAllBytesAsync(StateFile(meta), changed);
            var error = Assert.Throws<InvalidDataException>(() => Load(store, meta));
            Assert.Contains($"{StateFile(meta)} is damaged at byte", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Blocks_out_of_place_are_found()
    {
        var store = Store();
        var meta = await SaveAsync(store, 1, 1, new byte[3 * BlockStream.BlockSize]);
        var bytes = await File.ReadAllBytesAsync(StateFile(meta));
        var block = (bytes.Length - BlockStream.Mark.Length - BlockStream.TrailerSize) / 3;
        await File.WriteAllBytesAsync(StateFile(meta), [.. bytes[..(8 + block)], .. bytes[(8 + 2 * block)..]]);

        Assert.Throws<InvalidDataException>(() => Load(store, meta));
    }

    [Fact]
    public async Task Cut_state_file_is_skipped_with_a_warning_and_the_older_snapshot_remains()
    {
        var store = Store();
        var older = await SaveAsync(store, 1, 1);
        var newer = await SaveAsync(store, 2, 1, State(5000, compressible: false));
        using (var file = File.OpenHandle(StateFile(newer), access: FileAccess.Write)) RandomAccess.SetLength(file, 1000);

        Assert.Equal([older.Id], store.List().Select(s => s.Id));
        var warning = Assert.Single(_logger.Messages);
        Assert.Contains(newer.Id, warning, StringComparison.Ordinal);
        Assert.Contains($"{StateFile(newer)} has no trailer for 5000 bytes at byte 980", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"Version\":1")]
    [InlineData("{\"Version\":9,\"ID\":\"x\"}")]
    [InlineData("{\"Version\":1,\"ID\":\"1-1-1\"}")]
    [InlineData("{\"Version\":1,\"Configuration\":{\"Servers\":[null]}}")]
    public async Task Damaged_description_is_skipped_with_a_warning(string content)
    {
        var store = Store();
        var meta = await SaveAsync(store, 2, 1);
        var file = Path.Combine(Snapshots, meta.Id, "meta.json");
        await File.WriteAllTextAsync(file, content);

        Assert.Empty(store.List());
        Assert.Contains(file, Assert.Single(_logger.Messages), StringComparison.Ordinal);
        Assert.Contains(file, Assert.Single(store.FindDamage()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state.lz4")]
    [InlineData("meta.json")]
    public async Task Missing_file_of_a_snapshot_is_named(string name)
    {
        var store = Store();
        var file = Path.Combine(Snapshots, (await SaveAsync(store, 2, 1)).Id, name);
        File.Delete(file);

        Assert.Empty(store.List());
        Assert.Contains(file, Assert.Single(store.FindDamage()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directories_of_others_are_no_damage()
    {
        var store = Store();
        await SaveAsync(store, 2, 1);
        Directory.CreateDirectory(Path.Combine(Snapshots, "lost+found"));
        Directory.CreateDirectory(Path.Combine(Snapshots, "3-3-3.tmp"));

        Assert.Empty(store.FindDamage());
        Assert.Single(store.List());
    }

    [Fact]
    public void Newer_data_is_refused()
    {
        Store();
        File.WriteAllText(_directory.Sub("version"), "2\n");

        Assert.Throws<DataFormatException>(Store);
    }

    [Fact]
    public async Task Removed_snapshot_is_gone_for_good_and_the_one_before_it_is_the_newest_again()
    {
        FileSnapshotStore store = Store();
        SnapshotMeta kept = await SaveAsync(store, 5, 2, State(100, true));
        SnapshotMeta removed = await SaveAsync(store, 9, 2, State(100, true));
        store.Remove(removed);
        store.Remove(removed);
        Assert.Equal(kept.Id, Assert.Single(Store().List()).Id);
        Assert.Single(Directory.EnumerateFileSystemEntries(Snapshots));
    }

    private FileSnapshotStore Store() => new(_directory.Path, TimeProvider.System, _logger);

    private string StateFile(SnapshotMeta meta) => Path.Combine(Snapshots, meta.Id, "state.lz4");

    private static async Task<SnapshotMeta> SaveAsync(FileSnapshotStore store, ulong index, ulong term, byte[]? state = null)
    {
        await using var sink = store.Create(index, term, Configuration, 3);
        state ??= State(100, compressible: true);
        // Uneven portions, so that they straddle the blocks.
        for (var at = 0; at < state.Length; at += 70_001)
            await sink.Stream.WriteAsync(state.AsMemory(at, Math.Min(70_001, state.Length - at)));
        return await sink.CommitAsync();
    }

    private static byte[] Load(FileSnapshotStore store, SnapshotMeta meta)
    {
        using var stream = store.Open(meta);
        return ReadAll(stream);
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy, 9_999);
        return copy.ToArray();
    }

    private static byte[] State(int size, bool compressible)
    {
        var state = new byte[size];
        if (compressible) for (var i = 0; i < size; i++) state[i] = (byte)(i / 97);
        else new Random(size).NextBytes(state);
        return state;
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
    }

    private sealed class ListLogger : ILogger
    {
        public List<string> Messages { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add(formatter(state, exception));
    }
}
