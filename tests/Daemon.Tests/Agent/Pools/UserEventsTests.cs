using System.Text;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

public sealed class UserEventsTests
{
    private const string Id = "195ea425-2160-f911-2ada-a3b4cae3c958";

    private readonly List<NodeService> _services = [];
    private readonly UserEvents _events;

    public UserEventsTests() => _events = new UserEvents("cli-1", () => _services, ignoreRemoteExecution: true, NullLogger.Instance);

    private IEnumerable<string> Names => _events.Current.Events.Select(static e => e.Content.Name);

    [Fact]
    public void Events_are_kept_in_order_with_their_time()
    {
        Take(new ConsulEventPayload(Id, "a", "one"u8.ToArray()), ltime: 3);
        Take(new ConsulEventPayload(Id, "b", default), ltime: 7);
        Assert.Equal(["a", "b"], Names);
        Assert.Equal([3UL, 7UL], _events.Current.Events.Select(static e => e.LTime));
        Assert.Equal("one", Encoding.ASCII.GetString(_events.Current.Events[0].Content.Payload.Span));
    }

    [Fact]
    public void Only_the_last_events_are_kept()
    {
        for (int i = 0; i < UserEvents.Capacity + 3; i++) Take(new ConsulEventPayload(Id, $"e{i}", default));
        Assert.Equal(UserEvents.Capacity, _events.Current.Events.Length);
        Assert.Equal(Enumerable.Range(3, UserEvents.Capacity).Select(static i => $"e{i}"), Names);
    }

    [Fact]
    public void Whoever_waits_is_woken_by_the_next_event()
    {
        UserEventList before = _events.Current;
        Take(new ConsulEventPayload(Id, "other", default, NodeFilter: "^nobody$"));
        Assert.False(before.Replaced.Task.IsCompleted);
        Take(new ConsulEventPayload(Id, "mine", default));
        Assert.True(before.Replaced.Task.IsCompleted);
        Assert.Empty(before.Events);
    }

    [Theory]
    [InlineData("", "", "", true)]
    [InlineData("cli.*", "", "", true)]
    [InlineData("li-", "", "", true)]
    [InlineData("^li", "", "", false)]
    [InlineData("", "web", "", true)]
    [InlineData("", "^web$", "", false)]
    [InlineData("", "web", "v1", true)]
    [InlineData("", "web", "v2", false)]
    [InlineData("", "api", "v2", true)]
    [InlineData("srv", "web", "", false)]
    [InlineData("(", "", "", false)]
    [InlineData("", "(", "", false)]
    [InlineData("", "web", "(", false)]
    [InlineData("", "", "v2", true)]
    public void Filters_decide_who_gets_an_event(string node, string service, string tag, bool kept)
    {
        // The service's id counts, not its name.
        _services.Add(new NodeService { Id = "web-1", Service = "frontend", Tags = ["v1", "blue"] });
        _services.Add(new NodeService { Id = "api-1", Service = "backend", Tags = ["v2"] });
        _services.Add(new NodeService { Id = "api-2", Service = "backend" });
        Take(new ConsulEventPayload(Id, "e", default, node, service, tag));
        Assert.Equal(kept ? ["e"] : [], Names);
    }

    [Fact]
    public void Services_decide_when_the_event_comes()
    {
        Take(new ConsulEventPayload(Id, "early", default, ServiceFilter: "web"));
        _services.Add(new NodeService { Id = "web" });
        Take(new ConsulEventPayload(Id, "late", default, ServiceFilter: "web"));
        Assert.Equal(["late"], Names);
    }

    [Fact]
    public void Broken_events_are_left_alone()
    {
        byte[] good = new ConsulEventPayload(Id, "e", default).Encode();
        _events.Take(new UserPoolEvent(1, "e", good.AsMemory(0, good.Length - 1), CanCoalesce: false));
        _events.Take(new UserPoolEvent(1, "e", default, CanCoalesce: false));
        Assert.Empty(Names);
    }

    [Fact]
    public void Remote_execution_is_never_kept()
    {
        var willing = new UserEvents("n1", static () => [], ignoreRemoteExecution: false, NullLogger.Instance);
        var order = new ConsulEventPayload(Id, "_rexec", "{}"u8.ToArray());
        Take(order);
        willing.Take(new UserPoolEvent(1, "_rexec", order.Encode(), CanCoalesce: false));
        Assert.Empty(Names);
        Assert.Empty(willing.Current.Events);
    }

    [Fact]
    public void Later_versions_are_kept_too()
    {
        Take(new ConsulEventPayload(Id, "e", default, Version: 2));
        Assert.Equal(["e"], Names);
    }

    [Theory]
    [InlineData(Id, 0x195ea4252160f911UL ^ 0x2adaa3b4cae3c958UL)]
    [InlineData("FFFFFFFF-ffff-ffff-0000-000000000000", ulong.MaxValue)]
    [InlineData("", 9UL)]
    [InlineData("195ea425", 9UL)]
    [InlineData("195ea42521-60-f911-2ada-a3b4cae3c958", 9UL)]
    public void Index_is_made_of_both_halves_of_the_id(string id, ulong index) =>
        Assert.Equal(index, new UserEvent(new ConsulEventPayload(id, "e", default), 9).Index);

    [Theory]
    [InlineData("", "", "", null)]
    [InlineData("a.*", "b[0-9]", "c|d", null)]
    [InlineData("", "", "t", "Cannot provide tag filter without service filter")]
    [InlineData("(", "", "", "Invalid node filter: error parsing regexp: missing closing ): `(`")]
    [InlineData("", "*", "", "Invalid service filter: error parsing regexp: missing argument to repetition operator: `*`")]
    [InlineData("", "s", "[b-a]", "Invalid tag filter: error parsing regexp: invalid character class range: `b-a`")]
    [InlineData("(", "", "t", "Cannot provide tag filter without service filter")]
    [InlineData(@"\1", "", "", @"Invalid node filter: error parsing regexp: invalid escape sequence: `\1`")]
    [InlineData("(?=a)", "", "", "Invalid node filter: error parsing regexp: invalid or unsupported Perl syntax: `(?=`")]
    public void What_cannot_be_fired_is_named(string node, string service, string tag, string? fault) =>
        Assert.Equal(fault, UserEventFilter.Check(new ConsulEventPayload(Id, "e", default, node, service, tag)));

    private void Take(ConsulEventPayload content, ulong ltime = 1) =>
        _events.Take(new UserPoolEvent(ltime, content.Name, content.Encode(), CanCoalesce: false));
}
