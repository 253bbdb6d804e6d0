using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Storage.Tests.State;

public sealed class CatalogCommandTests : IDisposable
{
    private const string Id1 = "aaaaaaaa-0000-0000-0000-000000000001";
    private const string Id2 = "aaaaaaaa-0000-0000-0000-000000000002";

    private readonly StateTestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Repeated_registration_changes_nothing()
    {
        RegisterRequest request = Full();
        Assert.Null(_bed.Apply(request));
        byte[] before = _bed.Snapshot();
        Assert.Null(_bed.Apply(request));
        Assert.Equal(before, _bed.Snapshot());
    }

    [Fact]
    public void Null_and_empty_metadata_differ()
    {
        _bed.Apply(new RegisterRequest { Node = "n1", NodeMeta = null });
        _bed.Apply(new RegisterRequest { Node = "n1", NodeMeta = SortedMap<string>.Empty });
        Assert.Equal((1ul, 2ul), (_bed.State.FindNode("n1")!.CreateIndex, _bed.State.FindNode("n1")!.ModifyIndex));
    }

    [Fact]
    public void Null_and_empty_tags_differ()
    {
        _bed.Register("n1", service: StateTestBed.Service("web") with { Tags = null });
        _bed.Register("n1", service: StateTestBed.Service("web") with { Tags = [] });
        Assert.Equal(2ul, _bed.State.NodeService("n1", "web")!.ModifyIndex);
    }

    [Fact]
    public void Skip_node_update_leaves_an_existing_node_alone()
    {
        _bed.Register("n1");
        _bed.Apply(new RegisterRequest { Node = "n1", Address = "other", SkipNodeUpdate = true });
        Assert.Equal("10.0.0.1", _bed.State.FindNode("n1")!.Address);
        _bed.Apply(new RegisterRequest { Node = "n2", Address = "other", SkipNodeUpdate = true });
        Assert.Equal("other", _bed.State.FindNode("n2")!.Address);
    }

    [Fact]
    public void Node_change_raises_the_rows_of_its_services()
    {
        _bed.Register("n1", service: StateTestBed.Service("web-1", "web") with { Kind = "mesh-gateway" });
        _bed.Register("n2", service: StateTestBed.Service("db"));
        _bed.Apply(new RegisterRequest { Node = "N1", Address = "10.0.0.9" });
        Assert.Equal([3, 3, 3], _bed.Rows("nodes", "service.web", "service_kind.mesh-gateway"));
        Assert.Equal([2, 2, 2], _bed.Rows("services", "service.db", "service_kind.typical"));
        Assert.Equal("N1", _bed.State.FindNode("n1")!.Name);
        Assert.Single(_bed.State.NodeServices("n1", null).Value!.Value.Services);
    }

    [Theory]
    [InlineData("x", "uuid string is wrong length")]
    [InlineData("aaaaaaaa-0000-0000-0000-00000000000g", "encoding/hex: invalid byte: U+0067 'g'")]
    [InlineData("aaaaaaaa00000-0000-0000-0000000000011", "uuid string is wrong length")]
    public void Malformed_node_id_is_refused(string id, string reason) => Assert.Equal(
        new ApplyError($"failed inserting node: node lookup failed: node lookup by ID failed, wrong UUID: {reason} for '{id}'"),
        _bed.Register("n1", id));

    [Fact]
    public void Node_known_by_id_is_renamed_and_loses_what_was_on_it()
    {
        _bed.Register("old", Id1, StateTestBed.Service("web"));
        Assert.Null(_bed.Register("new", Id1));
        Assert.Null(_bed.State.FindNode("old"));
        Assert.Equal((1ul, 2ul), (_bed.State.FindNode("new")!.CreateIndex, _bed.State.FindNode("new")!.ModifyIndex));
        Assert.Empty(_bed.State.ServiceNodes("web", null, null).Value);
        Assert.Equal("new", _bed.State.FindNode("aaaaaaaa")!.Name);
    }

    [Fact]
    public void Name_of_a_living_node_is_reserved()
    {
        _bed.Register("n1", Id1, checks: StateTestBed.Check("n1", "serfHealth"));
        Assert.Equal(
            new ApplyError($"failed inserting node: Error while renaming Node ID: \"{Id2}\": "
                + $"Node name N1 is reserved by node {Id1} with name n1 (10.0.0.1)"),
            _bed.Register("N1", Id2));
        _bed.Register("n2", Id2);
        Assert.Equal(
            new ApplyError($"failed inserting node: Error while renaming Node ID: \"{Id2}\" (10.0.0.1): "
                + $"Node name n1 is reserved by node {Id1} with name n1 (10.0.0.1)"),
            _bed.Register("n1", Id2));
    }

    [Fact]
    public void Name_of_a_failed_node_is_taken_over_with_its_services()
    {
        _bed.Register("n1", Id1, StateTestBed.Service("web"), StateTestBed.Check("n1", "serfHealth", CheckStatus.Critical));
        Assert.Null(_bed.Register("n1", Id2));
        Assert.Equal((Id2, 1ul), (_bed.State.FindNode("n1")!.Id, _bed.State.FindNode("n1")!.CreateIndex));
        Assert.Single(_bed.State.ServiceNodes("web", null, null).Value);
        Assert.Null(_bed.State.FindNode(Id1));
    }

    [Fact]
    public void Request_without_id_overwrites_a_node_that_has_one()
    {
        _bed.Register("n1", Id1, checks: StateTestBed.Check("n1", "serfHealth"));
        Assert.Null(_bed.Register("n1"));
        Assert.Equal("", _bed.State.FindNode("n1")!.Id);
        Assert.Null(_bed.State.FindNode(Id1));
    }

    [Fact]
    public void Node_without_id_conflicts_only_in_a_rename()
    {
        _bed.Register("n1", checks: StateTestBed.Check("n1", "serfHealth"));
        Assert.Null(_bed.Register("n1", Id1));
        _bed.Register("n2", checks: StateTestBed.Check("n2", "serfHealth"));
        Assert.IsType<ApplyError>(_bed.Register("n2", Id1));
    }

    [Fact]
    public void Missing_weights_are_stored_as_ones_and_do_not_count_as_a_change()
    {
        NodeService service = StateTestBed.Service("web") with { Weights = null };
        _bed.Register("n1", service: service);
        Assert.Equal(ServiceWeights.Default, _bed.State.NodeService("n1", "web")!.Weights);
        _bed.Register("n1", service: service);
        _bed.Register("n1", service: service with { SocketPath = "/s" });
        Assert.Equal((1ul, ""), (_bed.State.NodeService("n1", "web")!.ModifyIndex, _bed.State.NodeService("n1", "web")!.SocketPath));
        Assert.Equal(1ul, _bed.State.IndexOf("services"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, -1)]
    [InlineData(65536, 1)]
    public void Invalid_weights_are_replaced(int passing, int warning)
    {
        _bed.Register("n1", service: StateTestBed.Service("web") with { Weights = new ServiceWeights(passing, warning) });
        Assert.Equal(ServiceWeights.Default, _bed.State.NodeService("n1", "web")!.Weights);
    }

    [Fact]
    public void Refused_metadata_rolls_the_node_back()
    {
        NodeService service = StateTestBed.Service("web") with { Meta = SortedMap<string>.Create([new("consul-x", "1")]) };
        Assert.Equal(
            new ApplyError("failed inserting service: Invalid Service Meta for node n1 and serviceID web: "
                + "Couldn't load metadata pair ('consul-x', '1'): Key prefix 'consul-' is reserved for internal use"),
            _bed.Register("n1", service: service));
        Assert.Null(_bed.State.FindNode("n1"));
        Assert.Equal(0, _bed.State.Tables.Index.Count);
    }

    [Fact]
    public void Check_must_name_its_node_exactly()
    {
        Assert.Equal(
            new ApplyError("check node \"N1\" does not match node \"n1\""),
            _bed.Register("n1", checks: StateTestBed.Check("N1", "c")));
        Assert.Equal(
            new ApplyError("failed inserting check: failed health check lookup: index error: object is missing a value for this index on node \"n3\""),
            _bed.Register("n3", checks: StateTestBed.Check("n3", "")));
        Assert.Null(_bed.State.FindNode("n3"));
        Assert.Equal(
            new ApplyError("failed inserting check: Missing service registration on node \"n1\""),
            _bed.Register("n1", checks: StateTestBed.Check("n1", "c", serviceId: "none")));
        Assert.Null(_bed.State.FindNode("n1"));
    }

    [Fact]
    public void Check_copies_name_and_tags_of_its_service_and_starts_critical()
    {
        _bed.Register("n1", service: StateTestBed.Service("web-1", "web", "v1"), checks: StateTestBed.Check("n1", "c", "", "web-1"));
        HealthCheck check = _bed.State.NodeCheck("N1", "C")!;
        Assert.Equal((CheckStatus.Critical, "web"), (check.Status, check.ServiceName));
        Assert.Equal(["v1"], check.ServiceTags!);
        Assert.Same(check, Assert.Single(_bed.State.ServiceChecks("web", null).Value));
    }

    [Fact]
    public void Check_type_alone_is_no_change()
    {
        HealthCheck check = StateTestBed.Check("n1", "c");
        _bed.Register("n1", checks: check);
        _bed.Register("n1", checks: check with { Type = "http", Interval = "1s", Timeout = "1s", ExposedPort = 1 });
        Assert.Equal((1ul, ""), (_bed.State.IndexOf("checks"), _bed.State.NodeCheck("n1", "c")!.Type));
        _bed.Register("n1", checks: check with { Output = "x" });
        Assert.Equal((1ul, 3ul), (_bed.State.NodeCheck("n1", "c")!.CreateIndex, _bed.State.IndexOf("checks")));
    }

    [Fact]
    public void Check_change_raises_the_rows_it_concerns()
    {
        _bed.Register("n1", service: StateTestBed.Service("web"));
        _bed.Register("n1", service: StateTestBed.Service("db"));
        _bed.Register("n1", checks: StateTestBed.Check("n1", "c", serviceId: "web"));
        Assert.Equal([3, 2], _bed.Rows("service.web", "service.db"));
        _bed.Register("n1", checks: StateTestBed.Check("n1", "node"));
        Assert.Equal([4, 4, 2], _bed.Rows("service.web", "service.db", "services"));
        _bed.Apply(new DeregisterRequest { Node = "n1", CheckId = "node" });
        Assert.Equal([5, 5, 5, 5], _bed.Rows("service.web", "service.db", "services", "checks"));
    }

    [Fact]
    public void Last_instance_takes_the_service_row_with_it()
    {
        _bed.Register("n1", service: StateTestBed.Service("web"));
        _bed.Register("n2", service: StateTestBed.Service("web"));
        _bed.Apply(new DeregisterRequest { Node = "n1", ServiceId = "WEB" });
        Assert.Equal([3, 0, 3], _bed.Rows("service.web", "service_last_extinction", "checks"));
        _bed.Apply(new DeregisterRequest { Node = "n2", ServiceId = "web" });
        Assert.Equal([0, 4], _bed.Rows("service.web", "service_last_extinction"));
        Assert.Equal(4ul, _bed.State.CheckServiceNodes("web", null, null).Index);
        Assert.Equal(4ul, _bed.State.CheckServiceNodes("never", null, null).Index);
    }

    [Fact]
    public void Missing_objects_are_deregistered_silently()
    {
        _bed.Register("n1");
        byte[] before = _bed.Snapshot();
        Assert.Null(_bed.Apply(new DeregisterRequest { Node = "n1", ServiceId = "x" }));
        Assert.Null(_bed.Apply(new DeregisterRequest { Node = "n1", CheckId = "x" }));
        Assert.Null(_bed.Apply(new DeregisterRequest { Node = "x" }));
        Assert.Equal(before, _bed.Snapshot());
    }

    [Fact]
    public void Deleted_node_takes_everything_on_it_along()
    {
        _bed.Apply(Full());
        _bed.CreateSession("n1", checks: "node");
        _bed.Kv(KvsOp.Lock, "k", "1", session: StateTestBed.SessionId);
        _bed.Apply(new DeregisterRequest { Node = "n1" });
        StateTables tables = _bed.State.Tables;
        Assert.Equal(0, tables.Nodes.Count + tables.NodesById.Count + tables.Services.Count + tables.ServicesByName.Count);
        Assert.Equal(0, tables.Checks.Count + tables.ChecksByInstance.Count + tables.ChecksByService.Count);
        Assert.Equal(0, tables.Sessions.Count + tables.SessionsByNode.Count + tables.SessionsByCheck.Count + tables.KvBySession.Count);
        Assert.Equal(("", 4ul), (_bed.Get("k")!.Session, _bed.Get("k")!.ModifyIndex));
        Assert.Equal([4, 4, 4, 4], _bed.Rows("nodes", "services", "checks", "sessions"));
    }

    private static RegisterRequest Full() => new()
    {
        Node = "n1",
        Id = Id1,
        Address = "10.0.0.1",
        Datacenter = "dc1",
        TaggedAddresses = SortedMap<string>.Create([new("wan", "1.2.3.4")]),
        NodeMeta = SortedMap<string>.Create([new("rack", "r1")]),
        Service = StateTestBed.Service("web-1", "web", "v1") with
        {
            Proxy = new ServiceProxy { Config = new FreeMap([new("k", 1.5)]), Upstreams = [new ProxyUpstream { DestinationName = "db" }] },
        },
        Checks =
        [
            StateTestBed.Check("n1", "node"),
            StateTestBed.Check("n1", "web-c", serviceId: "web-1") with
            {
                ServiceName = "web",
                ServiceTags = ["v1"],
                Definition = new CheckDefinition
                {
                    Header = SortedMap<IReadOnlyList<string>?>.Create([new("X", ["y"])]),
                    ScriptArgs = ["a"],
                },
            },
        ],
    };
}
