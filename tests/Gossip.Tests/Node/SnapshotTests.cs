using System.Net;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Node;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>The file between two runs of a node, with the timer in the test's hand.</summary>
public sealed class SnapshotTests : IDisposable
{
    private static readonly IPEndPoint s_a = new(IPAddress.Parse("10.0.0.1"), 7946);
    private static readonly IPEndPoint s_b = new(IPAddress.Parse("fd00::2"), 8301);
    private readonly string _folder = Directory.CreateTempSubdirectory("gossip-snapshot-").FullName;
    private readonly ManualTime _time = new();
    private readonly ILogger _log;

    public SnapshotTests(ITestOutputHelper output) => _log = new TestLog(output).For("snapshot");

    private string File1 => Path.Combine(_folder, "serf", "local.snapshot");

    private string Text => File.ReadAllText(File1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_noted_is_there_in_the_next_run()
    {
        using (Snapshot first = Open())
        {
            Assert.Empty(first.Previous);
            first.Alive("a", s_a);
            first.Alive("b with spaces", s_b);
            first.Alive("c", s_a);
            first.NotAlive("c");
            first.NoteClocks(new LamportTimes(5, 6, 7));
        }

        Assert.Equal(
            "alive: a 10.0.0.1:7946\nalive: b with spaces [fd00::2]:8301\nalive: c 10.0.0.1:7946\nnot-alive: c\n"
            + "clock: 5\nevent-clock: 6\nquery-clock: 7\n",
            Text);
        using Snapshot second = Open();
        Assert.Equal(new LamportTimes(5, 6, 7), second.Clocks);
        Assert.Equal([new("a", s_a), new("b with spaces", s_b)], second.Previous);
    }

    [Fact]
    public void Lines_are_written_twice_a_second_and_clocks_only_when_grown()
    {
        using Snapshot snapshot = Open();
        snapshot.NoteClocks(new LamportTimes(1, 0, 0));
        snapshot.NoteClocks(new LamportTimes(2, 0, 0));
        Assert.Equal("", Text);
        _time.Fire();
        _time.Fire();
        Assert.Equal("clock: 2\n", Text);
    }

    [Fact]
    public void After_a_departure_only_clocks_are_written_and_nobody_is_remembered()
    {
        using (Snapshot first = Open())
        {
            first.Alive("a", s_a);
            first.NoteClocks(new LamportTimes(3, 3, 3));
            first.Leave();
            Assert.EndsWith("leave\nclock: 3\nevent-clock: 3\nquery-clock: 3\n", Text, StringComparison.Ordinal);
            first.NotAlive("a");
            first.Alive("b", s_b);
            first.NoteClocks(new LamportTimes(4, 3, 3));
        }

        Assert.EndsWith("query-clock: 3\nclock: 4\n", Text, StringComparison.Ordinal);
        using (Snapshot rejoining = Snapshot.Open(File1, rejoinAfterLeave: true, _log, _time))
        {
            Assert.Equal(["a"], rejoining.Previous.Select(static pair => pair.Key));
        }

        using Snapshot second = Open();
        Assert.Empty(second.Previous);
        Assert.Equal(new LamportTimes(4, 3, 3), second.Clocks);
    }

    [Fact]
    public void A_damaged_file_costs_its_damaged_lines_only()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File1)!);
        byte[] text =
        [
            .. "alive: a 10.0.0.1:7946\n"u8, 0xff, 0xfe, 0x00, (byte)'\n', .. "alive: nowhere\nclock: -1\nclock: 9\nalive: b 1.2.3.4:0\n\n"u8,
            .. "# comment\ncoordinate: {}\nsomething: else\nevent-clock: 99999999999999999999999\nalive: cut 10.0.0"u8,
        ];
        File.WriteAllBytes(File1, text);
        using (Snapshot snapshot = Open())
        {
            Assert.Equal(["a"], snapshot.Previous.Select(static pair => pair.Key));
            Assert.Equal(new LamportTimes(9, 0, 0), snapshot.Clocks);
            snapshot.Alive("d", s_a);
        }

        Assert.EndsWith("event-clock: 99999999999999999999999\nalive: d 10.0.0.1:7946\n", Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_file_is_written_anew()
    {
        using Snapshot snapshot = Open();
        snapshot.Alive("stays", s_b);
        snapshot.NoteClocks(new LamportTimes(1, 2, 3));
        // Each write adds 36 KB; the fourth is more than the file may have.
        for (int write = 0; write < 4; write++)
        {
            for (int i = 0; i < 1000; i++)
            {
                snapshot.Alive("a", s_a);
                snapshot.NotAlive("a");
            }

            _time.Fire();
        }

        Assert.Equal("alive: stays [fd00::2]:8301\nclock: 1\nevent-clock: 2\nquery-clock: 3\n", Text);
        snapshot.Alive("a", s_a);
        _time.Fire();
        Assert.EndsWith("alive: a 10.0.0.1:7946\n", Text, StringComparison.Ordinal);
        Assert.False(File.Exists(File1 + ".compact"));
    }

    [Fact]
    public void A_disk_that_refuses_is_tried_again_after_a_while()
    {
        // A folder in the place of the new file refuses to be written.
        using Snapshot snapshot = Open();
        Directory.CreateDirectory(File1 + ".compact");
        for (int i = 0; i < 6000; i++) snapshot.Alive("a", s_a);
        _time.Fire();
        string before = Text;
        snapshot.Alive("b", s_b);
        _time.Fire();
        Directory.Delete(File1 + ".compact");
        _time.Advance(TimeSpan.FromSeconds(29));
        _time.Fire();
        Assert.Equal(before, Text);
        _time.Advance(TimeSpan.FromSeconds(2));
        _time.Fire();
        Assert.StartsWith("alive: a 10.0.0.1:7946\nalive: b [fd00::2]:8301\nclock", Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_cannot_be_used_is_said_so()
    {
        Directory.CreateDirectory(File1);
        IOException fault = Assert.Throws<IOException>(() => Open());
        Assert.StartsWith("failed to open snapshot: ", fault.Message, StringComparison.Ordinal);
        string below = Path.Combine(_folder, "file");
        File.WriteAllText(below, "");
        Assert.Throws<IOException>(() => Snapshot.Open(Path.Combine(below, "snapshot"), rejoinAfterLeave: false, _log));
    }

    private Snapshot Open() => Snapshot.Open(File1, rejoinAfterLeave: false, _log, _time);

    /// <summary>A clock that stands, and a timer that fires when it is told to.</summary>
    private sealed class ManualTime : TimeProvider
    {
        private readonly List<ManualTimer> _timers = [];
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan span) => _now += span.Ticks;

        public void Fire()
        {
            foreach (ManualTimer timer in _timers) timer.Fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ManualTimer timer = new(callback, state);
            _timers.Add(timer);
            return timer;
        }
    }

    private sealed class ManualTimer(TimerCallback callback, object? state) : ITimer
    {
        private bool _isDisposed;

        public void Fire()
        {
            if (!_isDisposed) callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => _isDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
