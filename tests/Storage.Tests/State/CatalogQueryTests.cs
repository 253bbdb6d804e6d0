using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Storage.Tests.State;

public sealed class CatalogQueryTests : IDisposable
{
    private readonly StateTestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Instances_come_by_node_then_id_with_node_checks_first()
    {
        _bed.Register("b", service: StateTestBed.Service("web-2", "web"), checks: StateTestBed.Check("b", "zz"));
        _bed.Register("A", service: StateTestBed.Service("web-9", "web"));
        _bed.Register("b", service: StateTestBed.Service("Web-1", "web"), checks: StateTestBed.Check("b", "aa", serviceId: "Web-1"));
        IReadOnlyList<CheckServiceNode> health = _bed.State.CheckServiceNodes("WEB", null, null).Value;
        Assert.Equal(["A/web-9", "b/Web-1", "b/web-2"], health.Select(static i => i.Node.Name + "/" + i.Service.Id));
        Assert.Equal(["zz", "aa"], health[1].Checks.Select(static c => c.CheckId));
        Assert.Equal(["zz"], health[2].Checks.Select(static c => c.CheckId));
        Assert.Equal(health.Select(static i => i.Service), _bed.State.ServiceNodes("web", null, null).Value.Select(static i => i.Service));
        Assert.Equal(["A", "b"], _bed.State.Nodes(null).Value.Select(static n => n.Name));
    }

    [Fact]
    public void Answers_are_shared_until_the_service_changes()
    {
        _bed.Register("n1", service: StateTestBed.Service("web"));
        IReadOnlyList<CheckServiceNode> first = _bed.State.CheckServiceNodes("web", null, null).Value;
        IReadOnlyList<ServiceTags> list = _bed.State.Services(null, null).Value;
        _bed.Kv(KvsOp.Set, "a", "1");
        Assert.Same(first, _bed.State.CheckServiceNodes("web", null, null).Value);
        Assert.Same(list, _bed.State.Services(null, null).Value);
        _bed.Register("n1", checks: StateTestBed.Check("n1", "c"));
        Assert.Single(_bed.State.CheckServiceNodes("web", null, null).Value[0].Checks);
    }

    [Fact]
    public void Shared_answers_follow_changes_that_move_no_row_of_the_service()
    {
        _bed.Register("n1", service: StateTestBed.Service("i", "old"));
        _bed.Register("n1", service: StateTestBed.Service("j", "other"), checks: StateTestBed.Check("n1", "c", serviceId: "i"));
        Assert.Single(_bed.State.CheckServiceNodes("old", null, null).Value[0].Checks);
        _bed.Register("n1", checks: StateTestBed.Check("n1", "c", serviceId: "j"));
        Assert.Empty(_bed.State.CheckServiceNodes("old", null, null).Value[0].Checks);
        _bed.Register("n1", checks: StateTestBed.Check("n1", "c"));
        Assert.Single(_bed.State.CheckServiceNodes("old", null, null).Value[0].Checks);
        _bed.Register("n1", checks: StateTestBed.Check("n1", "c", serviceId: "j"));
        Assert.Empty(_bed.State.CheckServiceNodes("old", null, null).Value[0].Checks);
        ulong index = _bed.State.IndexOf("service.old");
        _bed.Register("n1", service: StateTestBed.Service("i", "new"));
        Assert.Empty(_bed.State.ServiceNodes("old", null, null).Value);
        Assert.Empty(_bed.State.CheckServiceNodes("old", null, null).Value);
        Assert.Equal(index, _bed.State.IndexOf("service.old"));
    }

    [Fact]
    public void Tags_must_all_match_without_case()
    {
        _bed.Register("n1", service: StateTestBed.Service("web", "web", "A", "b"));
        Assert.Single(_bed.State.ServiceNodes("web", ["a", "B"], null).Value);
        QueryResult<IReadOnlyList<CheckServiceNode>> none = _bed.State.CheckServiceNodes("web", ["a", "c"], null);
        Assert.Empty(none.Value);
        Assert.Equal(_bed.State.IndexOf("service.web"), none.Index);
    }

    [Fact]
    public void Services_list_distinct_tags_by_name()
    {
        _bed.Register("n1", service: StateTestBed.Service("web-1", "web", "a", "b"));
        _bed.Apply(new RegisterRequest
        {
            Node = "n2",
            NodeMeta = SortedMap<string>.Create([new("k", "v")]),
            Service = StateTestBed.Service("web-2", "web", "b", "c"),
        });
        _bed.Register("n1", service: StateTestBed.Service("db"));
        IReadOnlyList<ServiceTags> all = _bed.State.Services(null, null).Value;
        Assert.Equal(["db", "web"], all.Select(static s => s.Service));
        Assert.Equal(["a", "b", "c"], all[1].Tags);
        QueryResult<IReadOnlyList<ServiceTags>> some = _bed.State.Services([new("k", "v")], null);
        Assert.Equal(["b", "c"], Assert.Single(some.Value).Tags);
    }

    [Theory]
    [InlineData("N1", "n1")]
    [InlineData("aaaaaaaa-0000-0000-0000-000000000001", "n1")]
    [InlineData("AA", "n1")]
    [InlineData("aaaaa", "n1")]
    [InlineData("aaaaaaaa-0", null)]
    [InlineData("a", null)]
    [InlineData("bb", null)]
    [InlineData("bbbbbbbb-0000-0000-0000-000000000002", "n3")]
    [InlineData("zz", null)]
    [InlineData("", null)]
    public void Node_is_found_by_name_or_by_an_unambiguous_part_of_its_id(string asked, string? found)
    {
        _bed.Register("n1", "aaaaaaaa-0000-0000-0000-000000000001");
        _bed.Register("n2", "bbbbbbbb-0000-0000-0000-000000000001");
        _bed.Register("n3", "bbbbbbbb-0000-0000-0000-000000000002");
        Assert.Equal(found, _bed.State.FindNode(asked)?.Name);
        Assert.Equal(found, _bed.State.NodeServices(asked, null).Value?.Node.Name);
        Assert.Equal(found is null ? 0ul : 3ul, _bed.State.NodeServices(asked, null).Index);
    }

    [Fact]
    public void Service_that_never_existed_reports_what_the_tables_have()
    {
        _bed.Register("n1", checks: StateTestBed.Check("n1", "c"));
        _bed.Register("n2");
        _bed.Register("n1", checks: StateTestBed.Check("n1", "c", CheckStatus.Warning));
        Assert.Equal(2ul, _bed.State.ServiceNodes("none", null, null).Index);
        Assert.Equal(3ul, _bed.State.CheckServiceNodes("none", null, null).Index);
        Assert.Equal(3ul, _bed.State.NodeDump(null).Index);
        Assert.Equal("c", Assert.Single(_bed.State.NodeInfo("N1", null).Value!.Checks).CheckId);
    }

    [Fact]
    public void Checks_are_listed_by_state_and_by_node_metadata()
    {
        _bed.Apply(new RegisterRequest
        {
            Node = "n1",
            NodeMeta = SortedMap<string>.Create([new("k", "v")]),
            Service = StateTestBed.Service("web"),
            Checks = [StateTestBed.Check("n1", "c1", serviceId: "web"), StateTestBed.Check("n1", "c2", CheckStatus.Warning)],
        });
        _bed.Register("n2", service: StateTestBed.Service("web"), checks: StateTestBed.Check("n2", "c3", serviceId: "web"));
        Assert.Equal(["c1", "c2", "c3"], _bed.State.ChecksInState(CheckStatus.Any, null).Value.Select(static c => c.CheckId));
        Assert.Empty(_bed.State.ChecksInState("ANY", null).Value);
        Assert.Equal(["c2"], _bed.State.ChecksInState("WARNING", null).Value.Select(static c => c.CheckId));
        Assert.Equal(["c2"], _bed.State.ChecksInState(CheckStatus.Warning, null).Value.Select(static c => c.CheckId));
        Assert.Equal(["c1", "c3"], _bed.State.ServiceChecks("web", null).Value.Select(static c => c.CheckId));
        Assert.Equal(["c1"], _bed.State.ServiceChecks("web", [new("k", "v")], null).Value.Select(static c => c.CheckId));
        Assert.Equal(["c1", "c2"], _bed.State.NodeChecks("n1", null).Value.Select(static c => c.CheckId));
    }
}
