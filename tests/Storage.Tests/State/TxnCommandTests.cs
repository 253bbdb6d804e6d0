using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Storage.Tests.State;

public sealed class TxnCommandTests : IDisposable
{
    private readonly StateTestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Operations_see_each_other_and_report_results()
    {
        TxnResponse response = _bed.Apply(
            Kv(KvsOp.Set, "a", "1"),
            Kv(KvsOp.Get, "a"),
            Kv(KvsOp.CheckIndex, "a", modifyIndex: 1),
            Kv(KvsOp.Delete, "a"),
            Kv(KvsOp.CheckNotExists, "a"));
        Assert.Null(response.Errors);
        Assert.Equal(3, response.Results!.Count);
        Assert.Null(response.Results[0].Kv!.Value);
        Assert.Equal("1"u8.ToArray(), response.Results[1].Kv!.Value);
        Assert.Null(_bed.Get("a"));
    }

    [Fact]
    public void One_fault_undoes_everything_and_all_faults_are_reported()
    {
        _bed.Kv(KvsOp.Set, "k", "1");
        byte[] before = _bed.Snapshot();
        TxnResponse response = _bed.Apply(
            Kv(KvsOp.Set, "k", "2"), Kv(KvsOp.Get, "none"), Node("set", "n1"), Kv("bogus", "k"), new TxnOp(), Kv(KvsOp.DeleteTree, ""));
        Assert.Null(response.Results);
        Assert.Equal(
            [
                new TxnError(1, "key \"none\" doesn't exist"),
                new TxnError(3, "unknown KV verb \"bogus\""),
                new TxnError(4, "no operation specified"),
            ],
            response.Errors!);
        Assert.Equal(before, _bed.Snapshot());
    }

    [Fact]
    public void Unchanged_write_returns_the_old_index()
    {
        _bed.Kv(KvsOp.Set, "k", "1");
        Assert.Equal(1ul, _bed.Apply(Kv(KvsOp.Set, "k", "1")).Results![0].Kv!.ModifyIndex);
        Assert.Equal(3ul, _bed.Apply(Kv(KvsOp.Set, "k", "2")).Results![0].Kv!.ModifyIndex);
    }

    [Theory]
    [InlineData(KvsOp.DeleteCas, "k", 9ul, "", "failed to delete key \"k\", index is stale")]
    [InlineData(KvsOp.Cas, "k", 0ul, "", "failed to set key \"k\", index is stale")]
    [InlineData(KvsOp.Cas, "none", 3ul, "", "failed to set key \"none\", index is stale")]
    [InlineData(KvsOp.Lock, "k", 0ul, "", "missing session")]
    [InlineData(KvsOp.Lock, "held", 0ul, Other, "failed to lock key \"held\", lock is already held")]
    [InlineData(KvsOp.Unlock, "held", 0ul, Other, "failed to unlock key \"held\", lock isn't held, or is held by another session")]
    [InlineData(KvsOp.Unlock, "k", 0ul, "", "missing session")]
    [InlineData(KvsOp.CheckSession, "none", 0ul, "", "failed to check session, key \"none\" doesn't exist")]
    [InlineData(KvsOp.CheckSession, "k", 0ul, "x", "failed session check for key \"k\", current session \"\" != \"x\"")]
    [InlineData(KvsOp.CheckIndex, "none", 0ul, "", "failed to check index, key \"none\" doesn't exist")]
    [InlineData(KvsOp.CheckIndex, "k", 9ul, "", "failed index check for key \"k\", current modify index 4 != 9")]
    [InlineData(KvsOp.CheckNotExists, "k", 0ul, "", "key \"k\" exists")]
    public void Key_faults_have_their_texts(string verb, string key, ulong modifyIndex, string session, string error)
    {
        _bed.Register("n1");
        _bed.CreateSession("n1");
        _bed.CreateSession("n1", id: Other);
        _bed.Kv(KvsOp.Set, "k", "1");
        _bed.Kv(KvsOp.Lock, "held", "1", session: StateTestBed.SessionId);
        TxnResponse response = _bed.Apply(new TxnOp { Kv = new TxnKvOp(verb, StateTestBed.Entry(key, "2", modifyIndex, session)) });
        Assert.Equal([new TxnError(0, error)], response.Errors!);
    }

    [Fact]
    public void Missing_key_is_deleted_by_cas()
    {
        TxnResponse response = _bed.Apply(Kv(KvsOp.DeleteCas, "none", modifyIndex: 3));
        Assert.Empty(response.Results!);
    }

    [Theory]
    [InlineData("get", "none", 0ul, "node \"none\" doesn't exist")]
    [InlineData("cas", "n1", 0ul, "failed to set node \"n1\", index is stale")]
    [InlineData("cas", "none", 3ul, "failed to set node \"none\", index is stale")]
    [InlineData("delete-cas", "n1", 9ul, "failed to delete node \"n1\", index is stale")]
    [InlineData("delete-cas", "none", 0ul, "failed to delete node \"none\", index is stale")]
    [InlineData("burn", "n1", 0ul, "unknown Node verb \"burn\"")]
    [InlineData("get", "N1", 0ul, null)]
    [InlineData("cas", "n1", 1ul, null)]
    [InlineData("cas", "n2", 0ul, null)]
    [InlineData("set", "n2", 0ul, null)]
    [InlineData("delete", "none", 0ul, null)]
    [InlineData("delete-cas", "n1", 1ul, null)]
    public void Node_verbs(string verb, string name, ulong modifyIndex, string? error)
    {
        _bed.Register("n1");
        var node = new Node { Name = name, Address = "1.1.1.1", ModifyIndex = modifyIndex };
        TxnResponse response = _bed.Apply(new TxnOp { Node = new TxnNodeOp(verb, node) });
        AssertOutcome(response, error, verb, static r => r.Node is not null);
        if (error is null && verb == "delete-cas") Assert.Null(_bed.State.FindNode("n1"));
        if (error is null && verb is "set" or "cas") Assert.Equal("1.1.1.1", _bed.State.FindNode(name)!.Address);
    }

    [Theory]
    [InlineData("get", "none", 0ul, "service \"none\" on node \"n1\" doesn't exist")]
    [InlineData("cas", "web", 0ul, "failed to set service \"web\" on node \"n1\", index is stale")]
    [InlineData("delete-cas", "web", 9ul, "failed to delete service \"web\" on node \"n1\", index is stale")]
    [InlineData("delete-cas", "none", 0ul, "failed to delete service \"none\" on node \"n1\", index is stale")]
    [InlineData("burn", "web", 0ul, "unknown Service verb \"burn\"")]
    [InlineData("get", "web", 0ul, null)]
    [InlineData("set", "db", 0ul, null)]
    [InlineData("cas", "web", 1ul, null)]
    [InlineData("delete", "web", 0ul, null)]
    [InlineData("delete-cas", "web", 1ul, null)]
    public void Service_verbs(string verb, string id, ulong modifyIndex, string? error)
    {
        _bed.Register("n1", service: StateTestBed.Service("web"));
        NodeService service = StateTestBed.Service(id) with { Port = 81, ModifyIndex = modifyIndex };
        TxnResponse response = _bed.Apply(new TxnOp { Service = new TxnServiceOp(verb, "n1", service) });
        AssertOutcome(response, error, verb, static r => r.Service is not null);
        if (error is null && verb is "set" or "cas") Assert.Equal(81, _bed.State.NodeService("n1", id)!.Port);
    }

    [Theory]
    [InlineData("get", "none", 0ul, "check \"none\" on node \"n1\" doesn't exist")]
    [InlineData("cas", "c", 0ul, "failed to set check \"c\" on node \"n1\", index is stale")]
    [InlineData("delete-cas", "c", 9ul, "failed to delete check \"c\" on node \"n1\", index is stale")]
    [InlineData("delete-cas", "none", 0ul, "failed to delete check \"none\" on node \"n1\", index is stale")]
    [InlineData("burn", "c", 0ul, "unknown Check verb \"burn\"")]
    [InlineData("get", "c", 0ul, null)]
    [InlineData("set", "d", 0ul, null)]
    [InlineData("cas", "c", 1ul, null)]
    [InlineData("delete", "c", 0ul, null)]
    [InlineData("delete-cas", "c", 1ul, null)]
    public void Check_verbs(string verb, string id, ulong modifyIndex, string? error)
    {
        _bed.Register("n1", checks: StateTestBed.Check("n1", "c"));
        HealthCheck check = StateTestBed.Check("n1", id, CheckStatus.Warning) with { ModifyIndex = modifyIndex };
        TxnResponse response = _bed.Apply(new TxnOp { Check = new TxnCheckOp(verb, check) });
        AssertOutcome(response, error, verb, static r => r.Check is not null);
        if (error is null && verb is "set" or "cas") Assert.Equal(CheckStatus.Warning, _bed.State.NodeCheck("n1", id)!.Status);
    }

    [Theory]
    [InlineData("get", "failed check lookup: ")]
    [InlineData("cas", "failed check lookup: ")]
    [InlineData("set", "failed health check lookup: ")]
    [InlineData("delete", "check lookup failed: ")]
    [InlineData("delete-cas", "check lookup failed: failed check lookup: ")]
    public void Check_must_name_its_node_and_its_id(string verb, string before)
    {
        _bed.Register("n1");
        foreach ((string node, string id) in new[] { ("n1", ""), ("", "c") })
        {
            TxnResponse response = _bed.Apply(new TxnOp { Check = new TxnCheckOp(verb, StateTestBed.Check(node, id)) });
            Assert.Equal([new TxnError(0, before + "index error: object is missing a value for this index")], response.Errors!);
        }
    }

    [Fact]
    public void Session_verb_removes_only_the_row()
    {
        _bed.Register("n1");
        _bed.CreateSession("n1");
        _bed.Kv(KvsOp.Lock, "k", "1", session: StateTestBed.SessionId);
        var op = new TxnOp { Session = new TxnSessionOp("delete", new Session { Id = StateTestBed.SessionId }) };
        Assert.Null(_bed.Apply(op).Errors);
        Assert.Null(_bed.State.Session(StateTestBed.SessionId, null).Value);
        Assert.Equal(StateTestBed.SessionId, _bed.Get("k")!.Session);
        Assert.Equal([new TxnError(0, "failed to delete session: failed deleting session: not found")], _bed.Apply(op).Errors!);
    }

    [Theory]
    [InlineData("b", StateTestBed.SessionId, "unknown Session verb \"b\"")]
    [InlineData("", StateTestBed.SessionId, "unknown Session verb \"\"")]
    [InlineData("delete", "x", "failed deleting session: failed to build primary index: UUID must be 36 characters")]
    public void Fault_of_a_session_operation_says_that_nothing_was_deleted(string verb, string id, string what) => Assert.Equal(
        [new TxnError(0, "failed to delete session: " + what)],
        _bed.Apply(new TxnOp { Session = new TxnSessionOp(verb, new Session { Id = id }) }).Errors!);

    [Fact]
    public void Reads_run_against_a_published_state()
    {
        _bed.Kv(KvsOp.Set, "a", "1");
        ClusterState state = _bed.State;
        _bed.Kv(KvsOp.Set, "a", "2");
        Assert.Equal("1"u8.ToArray(), state.ReadTxn([Kv(KvsOp.Get, "a")]).Results![0].Kv!.Value);
        Assert.Equal([new TxnError(0, "key \"b\" doesn't exist")], state.ReadTxn([Kv(KvsOp.Get, "b")]).Errors!);
    }

    private const string Other = "00000000-8c45-05d3-a882-c594ea925431";

    private static TxnOp Kv(string verb, string key, string? value = null, ulong modifyIndex = 0) =>
        new() { Kv = new TxnKvOp(verb, StateTestBed.Entry(key, value, modifyIndex)) };

    private static TxnOp Node(string verb, string name) => new() { Node = new TxnNodeOp(verb, new Node { Name = name }) };

    private static void AssertOutcome(TxnResponse response, string? error, string verb, Func<TxnResult, bool> isSet)
    {
        if (error is not null)
        {
            Assert.Equal([new TxnError(0, error)], response.Errors!);
            return;
        }

        Assert.Null(response.Errors);
        if (verb.StartsWith("delete", StringComparison.Ordinal)) Assert.Empty(response.Results!);
        else Assert.True(isSet(Assert.Single(response.Results!)));
    }
}
