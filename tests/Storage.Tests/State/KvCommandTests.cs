using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Tests.State;

public sealed class KvCommandTests : IDisposable
{
    private readonly StateTestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Set_stores_and_keeps_the_create_index()
    {
        Assert.Null(_bed.Kv(KvsOp.Set, "a", "1", flags: 42));
        Assert.Null(_bed.Kv(KvsOp.Set, "a", "2"));
        DirEntry entry = _bed.Get("a")!;
        Assert.Equal((1ul, 2ul, 0ul), (entry.CreateIndex, entry.ModifyIndex, entry.Flags));
        Assert.Equal("2", Encoding.UTF8.GetString(entry.Value!));
        Assert.Equal("2", entry.ModifyIndexText);
        Assert.Equal(2ul, _bed.State.IndexOf("kvs"));
        Assert.Equal("2", _bed.State.KvTableIndexText);
    }

    [Fact]
    public void Set_without_a_change_keeps_the_index()
    {
        _bed.Kv(KvsOp.Set, "a", "");
        _bed.Kv(KvsOp.Set, "a", null);
        Assert.Equal(1ul, _bed.Get("a")!.ModifyIndex);
        Assert.Equal(1ul, _bed.State.IndexOf("kvs"));
        Assert.Null(_bed.Get("a")!.Value);
    }

    [Fact]
    public void Set_takes_the_lock_index_of_the_request_and_no_session()
    {
        _bed.Apply(new KvsRequest { Op = KvsOp.Set, DirEnt = new DirEntry { Key = "a"u8.ToArray(), LockIndex = 3, Session = "s" } });
        Assert.Equal(3ul, _bed.Get("a")!.LockIndex);
        Assert.Equal("", _bed.Get("a")!.Session);
    }

    [Fact]
    public void Delete_leaves_a_tombstone_and_a_missing_key_changes_nothing()
    {
        _bed.Kv(KvsOp.Set, "a", "1");
        Assert.Null(_bed.Kv(KvsOp.Delete, "b"));
        Assert.Equal(0ul, _bed.State.IndexOf("tombstones"));
        Assert.Null(_bed.Kv(KvsOp.Delete, "a"));
        Assert.Null(_bed.Get("a"));
        Assert.Equal((3ul, 3ul), (_bed.State.IndexOf("tombstones"), _bed.State.IndexOf("kvs")));
        Assert.Equal(3ul, _bed.State.KvList("a"u8, null).Index);
    }

    [Theory]
    [InlineData("a", 2ul, false)]
    [InlineData("a", 1ul, true)]
    [InlineData("missing", 7ul, true)]
    public void Delete_cas_compares_the_index(string key, ulong modifyIndex, bool verdict)
    {
        _bed.Kv(KvsOp.Set, "a", "1");
        Assert.Equal(verdict, _bed.Kv(KvsOp.DeleteCas, key, modifyIndex: modifyIndex));
        Assert.Equal(key == "a" && verdict, _bed.Get("a") is null);
    }

    [Theory]
    [InlineData("a", 0ul, false)]
    [InlineData("a", 1ul, true)]
    [InlineData("a", 2ul, false)]
    [InlineData("new", 0ul, true)]
    [InlineData("new", 1ul, false)]
    public void Cas_compares_the_index(string key, ulong modifyIndex, bool verdict)
    {
        _bed.Kv(KvsOp.Set, "a", "1");
        Assert.Equal(verdict, _bed.Kv(KvsOp.Cas, key, "2", modifyIndex));
        Assert.Equal(verdict, _bed.Get(key)?.ModifyIndex == 2);
    }

    [Fact]
    public void Delete_tree_leaves_one_tombstone_for_the_prefix()
    {
        _bed.Kv(KvsOp.Set, "t/1", "1");
        _bed.Kv(KvsOp.Set, "t/2", "2");
        _bed.Kv(KvsOp.Set, "u", "3");
        Assert.Null(_bed.Kv(KvsOp.DeleteTree, "none/"));
        Assert.Equal(3ul, _bed.State.KvTableIndex);
        Assert.Null(_bed.Kv(KvsOp.DeleteTree, "t/"));
        Assert.Equal(5ul, _bed.State.KvList("t/"u8, null).Index);
        Assert.Equal(1, _bed.State.Tables.Tombstones.Count);
        Assert.Single(_bed.State.KvList(default, null).Value);
        Assert.Equal(5ul, _bed.State.KvList("t/1"u8, null).Index);
    }

    [Fact]
    public void Delete_tree_of_everything_leaves_no_tombstone()
    {
        _bed.Kv(KvsOp.Set, "a", "1");
        _bed.Kv(KvsOp.DeleteTree, "");
        Assert.Equal(0, _bed.State.Tables.Tombstones.Count);
        Assert.Equal((2ul, 0ul), (_bed.State.IndexOf("kvs"), _bed.State.IndexOf("tombstones")));
    }

    [Fact]
    public void List_index_is_the_newest_under_the_prefix()
    {
        _bed.Kv(KvsOp.Set, "a/1", "1");
        _bed.Kv(KvsOp.Set, "b/1", "1");
        Assert.Equal(1ul, _bed.State.KvList("a/"u8, null).Index);
        Assert.Equal(2ul, _bed.State.KvList(default, null).Index);
        Assert.Equal(2ul, _bed.State.KvList("none"u8, null).Index);
    }

    [Fact]
    public void Reaping_removes_old_tombstones_and_moves_no_index()
    {
        _bed.Kv(KvsOp.Set, "a", "1");
        _bed.Kv(KvsOp.Set, "b", "1");
        _bed.Kv(KvsOp.Delete, "a");
        _bed.Kv(KvsOp.Delete, "b");
        Assert.Null(_bed.Apply(new TombstoneRequest { ReapIndex = 3 }));
        Assert.Equal(1, _bed.State.Tables.Tombstones.Count);
        Assert.Equal((4ul, 4ul), (_bed.State.IndexOf("kvs"), _bed.State.IndexOf("tombstones")));
    }

    [Fact]
    public void Lock_counts_acquisitions_and_keeps_others_out()
    {
        const string Other = "00000000-8c45-05d3-a882-c594ea925431";
        _bed.Register("n1");
        _bed.CreateSession("n1");
        _bed.CreateSession("n1", id: Other);
        Assert.Equal(true, _bed.Kv(KvsOp.Lock, "k", "1", session: StateTestBed.SessionId));
        Assert.Equal(1ul, _bed.Get("k")!.LockIndex);
        Assert.Equal(true, _bed.Kv(KvsOp.Lock, "k", "2", session: StateTestBed.SessionId));
        Assert.Equal(1ul, _bed.Get("k")!.LockIndex);
        Assert.Equal(false, _bed.Kv(KvsOp.Lock, "k", "3", session: Other));
        Assert.Equal(false, _bed.Kv(KvsOp.Unlock, "k", "3", session: Other));
        Assert.Equal(true, _bed.Kv(KvsOp.Unlock, "k", "4", session: StateTestBed.SessionId));
        Assert.Equal(("", 1ul), (_bed.Get("k")!.Session, _bed.Get("k")!.LockIndex));
        Assert.Equal(true, _bed.Kv(KvsOp.Lock, "k", "5", session: Other));
        Assert.Equal(2ul, _bed.Get("k")!.LockIndex);
        _bed.Kv(KvsOp.Set, "k", "6");
        Assert.Equal(Other, _bed.Get("k")!.Session);
    }

    [Theory]
    [InlineData(KvsOp.Lock, "", "missing session")]
    [InlineData(KvsOp.Unlock, "", "missing session")]
    [InlineData(KvsOp.Lock, "x", "failed session lookup: index error: UUID must be 36 characters")]
    [InlineData(KvsOp.Lock, StateTestBed.SessionId, "invalid session \"" + StateTestBed.SessionId + "\"")]
    [InlineData("bogus", "", "Invalid KVS operation 'bogus'")]
    public void Faults_are_reported_and_change_nothing(string op, string session, string error)
    {
        Assert.Equal(new ApplyError(error), _bed.Kv(op, "k", "1", session: session));
        Assert.Equal(0, _bed.State.Tables.Kv.Count);
    }

    [Fact]
    public void Get_allocates_nothing()
    {
        for (int i = 0; i < 1000; i++) _bed.Kv(KvsOp.Set, "key/" + i, "value");
        byte[] key = "key/500"u8.ToArray();
        Assert.NotNull(_bed.State.KvGet(key, null));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) _ = _bed.Store.Current.KvGet(key, null);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Walking_a_prefix_allocates_nothing()
    {
        for (int i = 0; i < 1000; i++) _bed.Kv(KvsOp.Set, "key/" + i, "value");
        Walk();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = Walk();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(111, count);

        int Walk()
        {
            int found = 0;
            foreach (DirEntry entry in _bed.State.KvWalk("key/1"u8, null)) found += entry.Key.Length > 0 ? 1 : 0;
            return found;
        }
    }
}
