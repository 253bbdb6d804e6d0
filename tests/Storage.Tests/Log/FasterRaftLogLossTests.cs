using Consul.Fast.Consensus;
using Consul.Fast.Storage.Log;
using Consul.Fast.Storage.Snapshots;
using static Consul.Fast.Storage.Tests.Log.LogFixture;

namespace Consul.Fast.Storage.Tests.Log;

/// <summary>Files that are gone or cut: acknowledged batches are missing, although what is left looks like a whole log.</summary>
public sealed class FasterRaftLogLossTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public FasterRaftLogLossTests()
    {
        using var log = Open(_directory.Path);
        for (ulong i = 1; i <= 60; i++) log.AppendAndSync(Entry(i, size: 700));
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Log_without_any_file_is_damaged()
    {
        foreach (var file in Directory.GetFiles(_directory.Sub("log"))) File.Delete(file);

        var damage = Assert.Throws<LogDamagedException>(() => Open(_directory.Path));
        Assert.Equal((Segment(0), 64L, 0UL), (damage.File, damage.Offset, damage.LastGoodIndex));
        Assert.Contains("the file is missing", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_without_its_directory_is_damaged()
    {
        Directory.Delete(_directory.Sub("log"), recursive: true);

        Assert.Throws<LogDamagedException>(() => Open(_directory.Path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Log_without_its_last_files_is_damaged(int missing)
    {
        foreach (var number in Enumerable.Range(0, 3).TakeLast(missing)) File.Delete(Segment(number));

        var damage = Assert.Throws<LogDamagedException>(() => Open(_directory.Path));
        Assert.True(damage.File == Segment(3 - missing) || damage.File == Segment(2 - missing));
        Assert.InRange(damage.LastGoodIndex, 20UL, 50UL);
    }

    [Fact]
    public void File_cut_in_the_last_batch_is_a_torn_end_and_before_it_damage()
    {
        var whole = File.ReadAllBytes(Segment(2));
        var end = whole.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        var kept = 0;
        for (var cut = 0; cut < end; cut += 37)
        {
            File.WriteAllBytes(Segment(2), whole[..(end - 1 - cut)]);
            var mark = File.ReadAllBytes(_directory.Sub("mark"));
            try
            {
                using var log = Open(_directory.Path);
                Assert.Equal(59UL, log.LastIndex);
                kept++;
            }
            catch (LogDamagedException damage)
            {
                Assert.Equal(Segment(2), damage.File);
                Assert.InRange(damage.LastGoodIndex, 40UL, 58UL);
            }
            File.WriteAllBytes(_directory.Sub("mark"), mark);
        }
        Assert.InRange(kept, 700 / 37 - 1, 800 / 37 + 1);
    }

    [Fact]
    public void File_that_holds_nothing_but_the_last_batch_is_missed()
    {
        var directory = _directory.Sub("one");
        using (var log = Open(directory))
        {
            log.AppendAndSync(Entry(1, size: SegmentSize - 700));
            log.AppendAndSync(Entry(2, size: 2000));
        }
        File.Delete(Path.Combine(directory, "log", "0000000001.seg"));

        var damage = Assert.Throws<LogDamagedException>(() => Open(directory));
        Assert.Equal(Path.Combine(directory, "log", "0000000001.seg"), damage.File);
    }

    [Fact]
    public void Bytes_wiped_over_several_batches_are_damage()
    {
        using (var file = File.OpenHandle(Segment(2), access: FileAccess.Write)) RandomAccess.Write(file, new byte[SegmentSize - 5000], 5000);

        Assert.Throws<LogDamagedException>(() => Open(_directory.Path));
    }

    [Fact]
    public async Task Log_without_a_mark_and_without_files_beside_snapshots_is_damaged()
    {
        var snapshots = new FileSnapshotStore(_directory.Path, TimeProvider.System);
        await using (var sink = snapshots.Create(50, 1, ClusterConfiguration.Empty, 1)) await sink.CommitAsync();
        Directory.Delete(_directory.Sub("log"), recursive: true);
        File.Delete(_directory.Sub("mark"));

        Assert.Throws<LogDamagedException>(() => Open(_directory.Path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789abcdef")]
    [InlineData("too long to be a mark, and no mark")]
    public void Log_whose_mark_tells_nothing_opens_and_gets_a_new_one(string? content)
    {
        File.Delete(_directory.Sub("mark"));
        if (content is not null) File.WriteAllText(_directory.Sub("mark"), content);

        using (var log = Open(_directory.Path)) Assert.Equal(60UL, log.LastIndex);
        File.Delete(Segment(2));
        Assert.Throws<LogDamagedException>(() => Open(_directory.Path));
    }

    [Fact]
    public void Log_of_the_first_format_opens_and_gets_a_mark()
    {
        var directory = _directory.Sub("old");
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "version"), "1\n");
        using (var log = Open(directory))
        {
            log.AppendAndSync(Entry(1));
            log.AppendAndSync(Entry(2));
        }
        File.Delete(Path.Combine(directory, "mark"));

        using (var log = Open(directory)) AssertHolds(log, Entry(1), Entry(2));
        Directory.Delete(Path.Combine(directory, "log"), recursive: true);
        Assert.Throws<LogDamagedException>(() => Open(directory));
    }

    private string Segment(int number) => Path.Combine(_directory.Path, "log", $"{number:D10}.seg");
}
