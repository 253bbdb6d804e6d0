using System.Buffers;
using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.Tests.State;

public sealed class StateStoreTests : IDisposable
{
    private readonly StateTestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [InlineData(99)]
    [InlineData(17)]
    [InlineData(17 | 0x80)]
    [InlineData(16)]
    [InlineData(2)]
    [InlineData(0)]
    public void Command_that_cannot_be_applied_stops_the_server(byte type)
    {
        _bed.Kv(KvsOp.Set, "a", "1");
        ulong version = _bed.State.Version;
        var fault = Assert.Throws<FatalApplyException>(() => _bed.ApplyRaw([type, 0xc1]));
        Assert.Equal((2ul, (CommandType)(type & 0x7f)), (fault.Index, fault.Type));
        Assert.Equal(version, _bed.State.Version);
    }

    [Fact]
    public void Fatal_command_takes_the_batch_before_it_along()
    {
        LogEntry good = Entry(1, KvsOp.Set, "a");
        var empty = new LogEntry(2, 1, EntryType.Command, Array.Empty<byte>());
        Assert.Throws<FatalApplyException>(() => _bed.Store.Apply([good, empty], new object?[2]));
        Assert.Null(_bed.Get("a"));
        _bed.Store.Apply([good], new object?[1]);
        Assert.NotNull(_bed.Get("a"));
    }

    [Theory]
    [InlineData(99 | 0x80)]
    [InlineData(16 | 0x80)]
    public void Unknown_command_with_the_ignore_flag_is_skipped(byte type) => Assert.Null(_bed.ApplyRaw([type, 0xc1]));

    [Fact]
    public void Coordinates_are_kept_for_known_nodes_only()
    {
        _bed.Register("n1");
        var point = new CoordinatePoint([1, 2], 1.5, 0, 0);
        Coordinate[] batch =
        [
            new("N1", "", point),
            new("none", "", point),
            new("n1", "bad", point with { Height = double.NaN }),
            new("n1", "bad", point with { Vec = [double.PositiveInfinity] }),
        ];
        Assert.Null(_bed.ApplyRaw(CommandBytes.Of(0x86, w => MsgPackCollections.WriteList(w, batch, CoordinateCodec.Write))));
        Assert.Equal(1, _bed.State.Tables.Coordinates.Count);
        Assert.Equal(2ul, _bed.State.IndexOf("coordinates"));
        _bed.ApplyRaw(CommandBytes.Of(0x86, static w => w.WriteNil()));
        Assert.Equal(3ul, _bed.State.IndexOf("coordinates"));
        _bed.Apply(new DeregisterRequest { Node = "n1" });
        Assert.Equal((0, 4ul), (_bed.State.Tables.Coordinates.Count, _bed.State.IndexOf("coordinates")));
    }

    [Fact]
    public void A_batch_of_coordinates_is_written_as_peers_write_it()
    {
        _bed.Register("n1");
        Coordinate[] batch = [new("n1", "", new CoordinatePoint([1, 2], 1.5, -1, 0.1)), new("n1", "Alpha", new CoordinatePoint([3, 4], 1, 0, 0))];
        var written = new System.Buffers.ArrayBufferWriter<byte>();
        CommandCodec.Encode(batch, written);
        Assert.Equal(CommandBytes.Of(0x86, w => MsgPackCollections.WriteList(w, batch, CoordinateCodec.Write)), written.WrittenSpan.ToArray());
        Assert.Null(_bed.ApplyRaw(written.WrittenSpan.ToArray()));
        Assert.Equal(["", "Alpha"], _bed.State.NodeCoordinates("N1", null).Value.Select(static each => each.Segment));
        Assert.Equal(2, _bed.State.Coordinates(null).Value.Count);
        Assert.Equal(2ul, _bed.State.NodeCoordinates("other", null).Index);
        Assert.Empty(_bed.State.NodeCoordinates("other", null).Value);
    }

    [Fact]
    public void Pieces_are_joined_whatever_comes_between()
    {
        byte[] command = CommandOf(KvsOp.Cas, "big", new string('z', 100));
        Assert.Null(_bed.ApplyRaw(command[..50], [0x08, 7, 0x18, 2]));
        _bed.Kv(KvsOp.Set, "a", "1");
        Assert.Null(_bed.ApplyRaw([], [0x08, 7, 0x10, 1, 0x18, 2]));
        Assert.Equal(new ChunkedResult(true), _bed.ApplyRaw(command[50..], [0x08, 7, 0x10, 1, 0x18, 2]));
        Assert.Equal(4ul, _bed.Get("big")!.CreateIndex);
    }

    [Fact]
    public void Pieces_of_an_older_term_are_dropped()
    {
        byte[] command = CommandOf(KvsOp.Set, "big", "z");
        _bed.ApplyRaw(command[..10], [0x08, 7, 0x18, 2]);
        Assert.Null(_bed.ApplyRaw(command[10..], [0x08, 7, 0x10, 1, 0x18, 2], term: 2));
        Assert.Null(_bed.Get("big"));
    }

    [Fact]
    public void Pieces_survive_a_snapshot()
    {
        byte[] command = CommandOf(KvsOp.Set, "big", "z");
        _bed.ApplyRaw(command[10..], [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0x10, 1, 0x18, 2], term: 5);
        byte[] saved = _bed.Snapshot();
        using var other = new StateTestBed();
        other.Store.Restore(new MemoryStream(saved));
        Assert.Equal(saved, other.Snapshot());
        other.ApplyRaw(command[..10], [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0x18, 2], term: 5);
        Assert.NotNull(other.Get("big"));
    }

    [Theory]
    [InlineData(new byte[] { 0x08 })]
    [InlineData(new byte[] { 0x08, 7 })]
    [InlineData(new byte[] { 0x08, 7, 0x10, 2, 0x18, 2 })]
    [InlineData(new byte[] { 0x08, 7, 0x18, 0xff, 0xff, 0xff, 0x7f })]
    public void Impossible_piece_is_an_error(byte[] extensions) =>
        Assert.Equal(new ApplyError("error unmarshaling chunk info"), _bed.ApplyRaw([2], extensions));

    [Fact]
    public void Applying_a_write_allocates_its_row_and_a_share_of_the_paths()
    {
        const int Keys = 20_000, Batch = 256, ValueSize = 100;
        string value = new('v', ValueSize);
        for (int i = 0; i < Keys; i++) _bed.Kv(KvsOp.Set, "key/" + i, "old");
        LogEntry[] entries = [.. Enumerable.Range(1, 2 * Batch).Select(i => Entry((ulong)(Keys + i), KvsOp.Set, "key/" + (i * 7), value))];
        var results = new object?[Batch];
        // The first batch lets the lists that are reused grow.
        _bed.Store.Apply(entries.AsSpan(0, Batch), results);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _bed.Store.Apply(entries.AsSpan(Batch), results);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Batch, ValueSize, 896);
    }

    [Theory]
    [InlineData("kv/a", true)]
    [InlineData("kv/b", false)]
    [InlineData("kvs/a", true)]
    [InlineData("kvs/b", false)]
    [InlineData("service/web", true)]
    [InlineData("service/none", true)]
    [InlineData("service/db", false)]
    [InlineData("health/web", true)]
    [InlineData("node/n1", true)]
    [InlineData("node/n2", false)]
    [InlineData("checks/n1", true)]
    [InlineData("checks/n2", false)]
    [InlineData("nodes", true)]
    [InlineData("services", true)]
    [InlineData("session", true)]
    [InlineData("state/any", true)]
    [InlineData("state/Passing", true)]
    [InlineData("state/critical", false)]
    public async Task Query_wakes_for_what_concerns_it(string query, bool wakes)
    {
        Arrange();
        var watches = new WatchSet();
        Run(query, watches);
        ValueTask<WakeReason> waiting = _bed.WaitAsync(watches);
        _bed.Kv(KvsOp.DeleteTree, "a/");
        _bed.Apply(new DeregisterRequest { Node = "n1" });
        _bed.Kv(KvsOp.Set, "unrelated", "1");
        Assert.Equal(wakes, waiting.IsCompleted || _bed.Store.Watches.Sleeping == 0);
        if (wakes) Assert.Equal(WakeReason.Changed, await waiting);
    }

    [Theory]
    [InlineData("kv/a")]
    [InlineData("kvs/b")]
    [InlineData("service/web")]
    [InlineData("service/none")]
    [InlineData("health/web")]
    [InlineData("node/n1")]
    [InlineData("checks/n1")]
    [InlineData("nodes")]
    [InlineData("services")]
    [InlineData("session")]
    [InlineData("state/any")]
    [InlineData("state/passing")]
    public void Query_sleeps_through_unrelated_writes(string query)
    {
        Arrange();
        var watches = new WatchSet();
        Run(query, watches);
        _ = _bed.WaitAsync(watches).AsTask();
        _bed.Kv(KvsOp.Set, "unrelated", "1");
        _bed.Kv(KvsOp.Delete, "unrelated");
        Assert.IsType<ApplyError>(_bed.Register("n1", checks: StateTestBed.Check("n1", "x", serviceId: "none")));
        _bed.Apply(new TxnOp { Kv = new TxnKvOp(KvsOp.DeleteTree, StateTestBed.Entry("")) }, new TxnOp());
        Assert.Equal(1, _bed.Store.Watches.Sleeping);
    }

    [Theory]
    [InlineData("service/web", "check of the node", false)]
    [InlineData("service/web", "check of the service", false)]
    [InlineData("service/web", "other service", false)]
    [InlineData("service/web", "address of the node", true)]
    [InlineData("service/web", "instance", true)]
    [InlineData("service/web", "new name", true)]
    [InlineData("service-checks/web", "check of the node", false)]
    [InlineData("service-checks/web", "address of the node", false)]
    [InlineData("service-checks/web", "check of the service", true)]
    [InlineData("health/web", "check of the node", true)]
    [InlineData("health/web", "check of the service", true)]
    [InlineData("health/web", "address of the node", true)]
    public void Query_for_a_service_tells_what_concerns_it(string query, string change, bool wakes)
    {
        Arrange();
        var watches = new WatchSet();
        Run(query, watches);
        _ = _bed.WaitAsync(watches).AsTask();
        object? error = change switch
        {
            "check of the node" => _bed.Register("n1", checks: StateTestBed.Check("n1", "c", CheckStatus.Warning)),
            "check of the service" => _bed.Register("n1", checks: StateTestBed.Check("n1", "s", serviceId: "web")),
            "other service" => _bed.Register("n1", service: StateTestBed.Service("other")),
            "address of the node" => _bed.Apply(new RegisterRequest { Node = "n1", Address = "10.9.9.9" }),
            "instance" => _bed.Register("n2", service: StateTestBed.Service("web")),
            _ => _bed.Register("n1", service: StateTestBed.Service("web", "renamed")),
        };
        Assert.Null(error);
        Assert.Equal(wakes ? 0 : 1, _bed.Store.Watches.Sleeping);
    }

    private void Arrange()
    {
        _bed.Register("n1", service: StateTestBed.Service("web"), checks: StateTestBed.Check("n1", "c"));
        _bed.Register("n2", service: StateTestBed.Service("db"));
        _bed.CreateSession("n1");
        _bed.Kv(KvsOp.Set, "a/1", "1");
        _bed.Kv(KvsOp.Set, "b/1", "1");
    }

    private void Run(string query, WatchSet watches)
    {
        ClusterState state = _bed.State;
        switch (query.Split('/'))
        {
            case ["kv", var key]:
                state.KvGet(System.Text.Encoding.UTF8.GetBytes(key + "/1"), watches);
                break;
            case ["kvs", var key]:
                state.KvList(System.Text.Encoding.UTF8.GetBytes(key), watches);
                break;
            case ["service", var name]:
                state.ServiceNodes(name, null, watches);
                break;
            case ["service-checks", var name]:
                state.ServiceChecks(name, watches);
                break;
            case ["health", var name]:
                state.CheckServiceNodes(name, null, watches);
                break;
            case ["node", var name]:
                state.NodeServices(name, watches);
                break;
            case ["checks", var name]:
                state.NodeChecks(name, watches);
                break;
            case ["nodes"]:
                state.Nodes(watches);
                break;
            case ["services"]:
                state.Services(null, watches);
                break;
            case ["session"]:
                state.Session(StateTestBed.SessionId, watches);
                break;
            case ["state", var status]:
                state.ChecksInState(status, watches);
                break;
            default:
                throw new ArgumentException("no such query", nameof(query));
        }
    }

    private static LogEntry Entry(ulong index, string op, string key, string value = "1") =>
        new(index, 1, EntryType.Command, CommandOf(op, key, value));

    private static byte[] CommandOf(string op, string key, string value)
    {
        var output = new ArrayBufferWriter<byte>();
        CommandCodec.Encode(new KvsRequest { Op = op, DirEnt = StateTestBed.Entry(key, value) }, output);
        return output.WrittenSpan.ToArray();
    }
}
