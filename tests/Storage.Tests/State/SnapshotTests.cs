using System.Buffers;
using Consul.Fast.Consensus;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.Tests.State;

public sealed class SnapshotTests : IDisposable
{
    private const string NodeId = "aaaaaaaa-0000-0000-0000-000000000001";

    private readonly StateTestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Capture_stays_as_it_was_while_the_log_goes_on()
    {
        _bed.Kv(KvsOp.Set, "a", "1");
        byte[] expected = _bed.Snapshot();
        IStateCapture capture = _bed.Store.Capture();
        _bed.Kv(KvsOp.Set, "b", "1");
        using var stream = new MemoryStream();
        capture.WriteTo(stream, CancellationToken.None);
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void Restored_state_answers_like_the_saved_one()
    {
        Fill(_bed);
        using var other = new StateTestBed();
        other.Kv(KvsOp.Set, "old", "1");
        other.Store.Restore(new SlowStream(_bed.Snapshot()));
        Assert.Equal(_bed.Snapshot(), other.Snapshot());
        Assert.Null(other.Get("old"));
        Assert.Equal(_bed.State.CheckServiceNodes("web", null, null).Index, other.State.CheckServiceNodes("web", null, null).Index);
        Assert.Single(other.State.CheckServiceNodes("web", null, null).Value[0].Checks);
        Assert.Equal("n1", other.State.FindNode("aaaaaaaa")!.Name);
        other.Index = _bed.Index;
        foreach (StateTestBed bed in new[] { _bed, other }) bed.Register("n1", NodeId, checks: StateTestBed.Check("n1", "c", CheckStatus.Critical));
        Assert.Equal("", other.Get("k")!.Session);
        Assert.Equal(_bed.Snapshot(), other.Snapshot());
    }

    [Fact]
    public void The_state_from_before_a_restore_can_be_taken_back()
    {
        Fill(_bed);
        byte[] before = _bed.Snapshot();
        IStateCapture earlier = _bed.Store.Capture();
        using var other = new StateTestBed();
        other.Kv(KvsOp.Set, "other", "1");
        _bed.Store.Restore(new MemoryStream(other.Snapshot()));
        Assert.NotNull(_bed.Get("other"));
        _bed.Store.Revert(earlier);
        Assert.Null(_bed.Get("other"));
        Assert.Equal(before, _bed.Snapshot());
        _bed.Kv(KvsOp.Set, "goes-on", "1");
        Assert.NotNull(_bed.Get("goes-on"));
    }

    [Fact]
    public void Restore_forgets_lock_delays()
    {
        Fill(_bed);
        byte[] saved = _bed.Snapshot();
        _bed.Apply(new DeregisterRequest { Node = "n1" });
        Assert.NotEqual(TimeSpan.Zero, _bed.Store.KvLockDelay("k"u8));
        _bed.Store.Restore(new MemoryStream(saved));
        Assert.Equal(TimeSpan.Zero, _bed.Store.KvLockDelay("k"u8));
    }

    [Fact]
    public async Task Restore_ends_waiting_queries()
    {
        byte[] saved = _bed.Snapshot();
        var watches = new WatchSet();
        _bed.State.KvGet("a"u8, watches);
        ValueTask<WakeReason> waiting = _bed.WaitAsync(watches);
        _bed.Store.Restore(new MemoryStream(saved));
        Assert.Equal(WakeReason.Abandoned, await waiting);
    }

    [Fact]
    public void Damaged_stream_leaves_the_state_alone()
    {
        Fill(_bed);
        byte[] saved = _bed.Snapshot();
        Assert.Contains("ends inside", FaultOf(saved[..^3]));
        Assert.Equal("Unrecognized msg type 77 (record at byte 12 of the state stream)", FaultOf([.. saved[..12], 77, 0x80]));
        Assert.Contains("no msgpack", FaultOf([.. saved[..12], 2, 0xc1]));
        Assert.Equal(saved, _bed.Snapshot());
    }

    [Fact]
    public void Node_without_create_index_gets_that_of_the_header()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MsgPackWriter(output);
        writer.WriteMapHeader(1);
        writer.WriteKey("LastIndex"u8);
        writer.WriteUInt64(99);
        CommandCodec.Encode(new RegisterRequest { Node = "old" }, output);
        _bed.Store.Restore(new MemoryStream(output.WrittenSpan.ToArray()));
        Assert.Equal(99ul, _bed.State.FindNode("old")!.CreateIndex);
    }

    [Fact]
    public void Old_bootstrap_record_becomes_its_index_row()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MsgPackWriter(output);
        writer.WriteMapHeader(0);
        output.Write([(byte)CommandType.AclBootstrap]);
        writer.WriteMapHeader(2);
        writer.WriteKey("AllowBootstrap"u8);
        writer.WriteBool(true);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(7);
        _bed.Store.Restore(new MemoryStream(output.WrittenSpan.ToArray()));
        Assert.Equal(7ul, _bed.State.IndexOf("acl-token-bootstrap"));
    }

    [Fact]
    public void Cancelled_writing_stops()
    {
        Fill(_bed);
        using var stream = new MemoryStream();
        Assert.Throws<OperationCanceledException>(() => _bed.Store.Capture().WriteTo(stream, new CancellationToken(canceled: true)));
    }

    private string FaultOf(byte[] stream) =>
        Assert.Throws<InvalidDataException>(() => _bed.Store.Restore(new MemoryStream(stream))).Message;

    private static void Fill(StateTestBed bed)
    {
        bed.Register("n1", NodeId, StateTestBed.Service("web"), StateTestBed.Check("n1", "c"));
        bed.CreateSession("n1", checks: "c");
        bed.Kv(KvsOp.Lock, "k", new string('v', 100_000), session: StateTestBed.SessionId);
        bed.Kv(KvsOp.Set, "gone", "1");
        bed.Kv(KvsOp.Delete, "gone");
    }

    /// <summary>Gives a few bytes at a time, so that records are cut everywhere.</summary>
    private sealed class SlowStream(byte[] content) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));
    }
}
