using Consul.Fast.Consensus;
using Consul.Fast.Storage.Log;
using CsCheck;
using static Consul.Fast.Storage.Tests.Log.LogFixture;

namespace Consul.Fast.Storage.Tests.Log;

public sealed class FasterRaftLogDamageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string Original => _directory.Sub("original");

    private string Broken => _directory.Sub("broken");

    /// <summary>One file: three batches, the last of several records; returns where the last begins and ends.</summary>
    private (int From, int To) WriteBatches(int lastSize = 20)
    {
        using var log = Open(Original);
        log.SetHardState(new HardState(1, 1, "a:1"));
        log.AppendAndSync(Entry(1), Entry(2));
        log.AppendAndSync(Entry(3), Entry(4));
        var from = End();
        log.SetHardState(new HardState(2, 2, "b:2"));
        log.AppendAndSync(Entry(5, lastSize, term: 2), Entry(4, lastSize, term: 2), Entry(5, lastSize, term: 2));
        return (from, End());
    }

    [Theory]
    [InlineData(20)]
    [InlineData(1900)]
    public void Last_batch_cut_at_any_byte_is_discarded_and_the_log_goes_on(int lastSize)
    {
        var (from, to) = WriteBatches(lastSize);
        for (var end = from; end < to - 3; end += lastSize > 100 ? 13 : 1)
        {
            TemporaryDirectory.Copy(Original, Broken);
            using (var file = File.OpenHandle(Segment(Broken, 0), access: FileAccess.Write)) RandomAccess.SetLength(file, end);
            AssertFallsBackAndGoesOn();
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(1900)]
    public void Last_batch_with_any_byte_changed_is_discarded_and_the_log_goes_on(int lastSize)
    {
        var (from, to) = WriteBatches(lastSize);
        // The last bytes only align the frame and carry nothing.
        for (var at = from; at < to - 3; at += lastSize > 100 ? 13 : 1)
        {
            TemporaryDirectory.Copy(Original, Broken);
            Flip(Segment(Broken, 0), at);
            AssertFallsBackAndGoesOn();
        }
    }

    [Fact]
    public void Last_batch_with_any_word_not_written_is_discarded()
    {
        var (from, to) = WriteBatches(lastSize: 1900);
        for (var at = from; at < to; at += 512)
        {
            TemporaryDirectory.Copy(Original, Broken);
            using (var file = File.OpenHandle(Segment(Broken, 0), access: FileAccess.Write))
                RandomAccess.Write(file, new byte[Math.Min(512, to - at)], at);
            AssertFallsBackAndGoesOn();
        }
    }

    [Fact]
    public void Torn_batch_whose_value_imitates_a_later_batch_is_discarded()
    {
        var payload = Bytes(40, seed: 1);
        var imitation = new byte[LogGeometry.Overhead + payload.Length + 3];
        using (var log = Open(Original))
        {
            log.AppendAndSync(Entry(1));
            // The scanner looks at every fourth byte; one of four positions is where it would find the frame.
            var value = Enumerable.Range(0, 4).SelectMany(shift => new byte[shift].Concat(Imitate())).ToArray();
            log.AppendAndSync(Entry(2) with { Data = value });
        }

        TemporaryDirectory.Copy(Original, Broken);
        Flip(Segment(Broken, 0), End() - 5);

        using var reopened = Open(Broken);
        AssertHolds(reopened, Entry(1));

        byte[] Imitate()
        {
            BitConverter.TryWriteBytes(imitation, LogFrame.HeaderSize + payload.Length);
            var frame = LogFrame.Seal(salt: 0, link: 1, batch: 99, part: 0, last: true, payload);
            frame.WriteTo(imitation.AsSpan(sizeof(int)));
            payload.CopyTo(imitation, LogGeometry.Overhead);
            return imitation;
        }
    }

    [Fact]
    public void Damage_before_the_last_batch_is_reported_with_its_position()
    {
        using (var log = Open(Original))
        {
            for (ulong i = 1; i <= 100; i++) log.AppendAndSync(Entry(i, size: 700));
        }
        foreach (var at in new[] { 64, 100, 900, 5000, 9000, 16383 })
        {
            TemporaryDirectory.Copy(Original, Broken);
            Flip(Segment(Broken, 1), at);

            var damage = Assert.Throws<LogDamagedException>(() => Open(Broken));

            Assert.Equal(Segment(Broken, 1), damage.File);
            Assert.InRange(damage.Offset, Math.Max(0, at - 900), at);
            Assert.InRange(damage.LastGoodIndex, 15UL, 45UL);
            Assert.EndsWith(
                $"(file {damage.File}, byte offset {damage.Offset}, last good index {damage.LastGoodIndex})",
                damage.Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Damage_in_the_batch_before_the_last_is_reported_wherever_it_is()
    {
        int from, to;
        using (var log = Open(Original))
        {
            log.AppendAndSync(Entry(1), Entry(2));
            from = End();
            log.AppendAndSync(Entry(3), Entry(4));
            to = End();
            log.AppendAndSync(Entry(5));
        }
        for (var at = from; at < to; at++)
        {
            TemporaryDirectory.Copy(Original, Broken);
            Flip(Segment(Broken, 0), at);
            // The bytes that align a frame carry nothing.
            try
            {
                using var log = Open(Broken);
                AssertHolds(log, Entry(1), Entry(2), Entry(3), Entry(4), Entry(5));
                Assert.True(to - at <= 3);
            }
            catch (LogDamagedException damage)
            {
                Assert.Equal((Segment(Broken, 0), (long)from, 2UL), (damage.File, damage.Offset, damage.LastGoodIndex));
            }
        }
    }

    [Fact]
    public void Missing_file_is_reported()
    {
        using (var log = Open(Original))
        {
            for (ulong i = 1; i <= 100; i++) log.AppendAndSync(Entry(i, size: 700));
        }
        foreach (var missing in new[] { 0, 1, 2 })
        {
            TemporaryDirectory.Copy(Original, Broken);
            File.Delete(Segment(Broken, missing));
            var damage = Assert.Throws<LogDamagedException>(() => Open(Broken));
            Assert.Contains("missing", damage.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Missing_file_after_a_truncated_head_is_reported()
    {
        using (var log = Open(Original))
        {
            for (ulong i = 1; i <= 200; i++) log.AppendAndSync(Entry(i, size: 700));
            log.TruncateHead(100);
            log.AppendAndSync(Entry(201));
        }
        File.Delete(Directory.GetFiles(Path.Combine(Original, "log")).Order(StringComparer.Ordinal).First());

        var damage = Assert.Throws<LogDamagedException>(() => Open(Original));
        Assert.Contains("missing", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_left_over_from_an_interrupted_truncation_do_no_harm()
    {
        using (var log = Open(Original))
        {
            for (ulong i = 1; i <= 100; i++) log.AppendAndSync(Entry(i, size: 700));
            TemporaryDirectory.Copy(Original, Broken);
            log.TruncateHead(90);
            log.Sync();
        }
        Assert.False(File.Exists(Segment(Original, 3)));
        // The lowest files go first.
        for (var left = 3; left >= 0; left--)
        {
            File.Copy(Segment(Broken, left), Segment(Original, left));
            using var reopened = Open(Original);
            AssertHolds(reopened, [.. Enumerable.Range(91, 10).Select(i => Entry((ulong)i, size: 700))]);
        }
    }

    [Fact]
    public void Any_small_smear_is_cut_from_the_end_or_reported()
    {
        using (var log = Open(Original))
        {
            for (ulong i = 1; i <= 40; i++) log.AppendAndSync(Entry(i, size: (int)(i * 53 % 1500)));
        }
        var files = Directory.GetFiles(Path.Combine(Original, "log")).Length;
        Gen.Select(Gen.Int[0, files - 1], Gen.Int[0, SegmentSize - 1], Gen.Byte.Array[1, 64]).Sample(
            (number, at, smear) =>
            {
                TemporaryDirectory.Copy(Original, Broken);
                using (var file = File.OpenHandle(Segment(Broken, number), access: FileAccess.Write)) RandomAccess.Write(file, smear, at);
                try
                {
                    using var log = Open(Broken);
                    // The smear can reach the end of one batch and the start of the next.
                    Assert.InRange(log.LastIndex, 38UL, 40UL);
                    AssertHolds(log, [.. Enumerable.Range(1, (int)log.LastIndex).Select(i => Entry((ulong)i, size: i * 53 % 1500))]);
                }
                catch (LogDamagedException damage)
                {
                    Assert.Equal(Segment(Broken, number), damage.File);
                    Assert.InRange(damage.Offset, at - 4 * PageSize, at + smear.Length);
                }
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public void Damaged_entry_found_while_reading_is_reported()
    {
        using var log = Open(Original);
        for (ulong i = 1; i <= 50; i++) log.AppendAndSync(Entry(i, size: 200));
        Flip(Segment(Original, 0), 200);

        var damage = Assert.Throws<LogDamagedException>(() => log.TryRead(1, out _));
        Assert.Equal(0UL, damage.LastGoodIndex);
    }

    private void AssertFallsBackAndGoesOn()
    {
        using (var log = Open(Broken))
        {
            AssertHolds(log, Entry(1), Entry(2), Entry(3), Entry(4));
            Assert.Equal(new HardState(1, 1, "a:1"), log.HardState);
            log.AppendAndSync(Entry(5, term: 3, seed: 9));
        }
        using var reopened = Open(Broken);
        AssertHolds(reopened, Entry(1), Entry(2), Entry(3), Entry(4), Entry(5, term: 3, seed: 9));
    }

    private static void Flip(string path, int at)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Span<byte> one = stackalloc byte[1];
        RandomAccess.Read(file, one, at);
        one[0] ^= 0x5a;
        RandomAccess.Write(file, one, at);
    }

    /// <summary>End of the frames in the first file: frames are aligned to four bytes.</summary>
    private int End()
    {
        var bytes = File.ReadAllBytes(Segment(Original, 0));
        return (bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 4) & ~3;
    }

    private static string Segment(string directory, int number) => Path.Combine(directory, "log", $"{number:D10}.seg");
}
