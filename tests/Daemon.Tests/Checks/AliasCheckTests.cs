using Consul.Fast.Daemon.Checks;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Tests.Checks;

public sealed class AliasCheckTests : IDisposable
{
    private readonly CheckHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Local_alias_follows_every_change()
    {
        _harness.KnownServices.Add("web");
        var alias = new LocalAliasCheck(_harness.Environment, new CheckDefinition { Id = "alias", AliasService = "web" });
        alias.Start();
        Assert.Equal(new CheckResult("alias", "passing", "No checks found."), await _harness.NextAsync());
        _harness.SetChecks(Check("a", "passing"));
        Assert.Equal(new CheckResult("alias", "passing", "All checks passing."), await _harness.NextAsync(1));
        _harness.SetChecks(Check("a", "passing"), Check("b", "warning"), Check("c", "critical"));
        Assert.Equal(new CheckResult("alias", "critical", "Aliased check \"name-c\" failing: out-c"), await _harness.NextAsync(2));
        alias.Stop();
        _harness.SetChecks();
        await Task.Delay(50);
        Assert.Equal(3, _harness.Results.Count);
    }

    [Theory]
    [InlineData("", "passing")]
    [InlineData("n1", "passing")]
    [InlineData("", "critical")]
    public void Unknown_service_is_critical_whatever_the_node_says(string node, string status) => Assert.Equal(
        ("critical", "Service web could not be found on node " + node),
        AliasHealth.Evaluate("alias", node, "web", [Check("x", "passing", "other"), Check("y", status, "")], static () => false));

    [Fact]
    public void Checks_of_the_node_count_and_the_alias_itself_does_not() => Assert.Equal(
        ("warning", "Aliased check \"name-disk\" failing: out-disk"),
        AliasHealth.Evaluate(
            "alias", "", "web", [Check("alias", "critical", ""), Check("disk", "warning", ""), Check("w", "passing")],
            static () => true));

    [Fact]
    public async Task Remote_alias_waits_for_changes_and_reports_repeated_failures()
    {
        await _harness.Catalog.RegisterAsync(new RegisterRequest { Node = "n2", Service = new NodeService { Id = "web", Service = "web" } });
        var alias = new RemoteAliasCheck(
            _harness.Environment, new CheckDefinition { Id = "alias", AliasNode = "n2", AliasService = "web" }, static () => "",
            _harness.Catalog);
        alias.Start();
        Assert.Equal(new CheckResult("alias", "passing", "No checks found."), await _harness.NextAsync());
        _harness.Catalog.Put(Check("a", "critical") with { Node = "n2" });
        Assert.Equal(new CheckResult("alias", "critical", "Aliased check \"name-a\" failing: out-a"), await _harness.NextAsync(1));
        _harness.Catalog.FailRead = static () => "No cluster leader";
        Assert.Equal(
            new CheckResult("alias", "critical", "Failure checking aliased node or service: No cluster leader"), await _harness.NextAsync(2));
        alias.Stop();
    }

    private static HealthCheck Check(string id, string status, string service = "web") =>
        new() { Node = "n1", CheckId = id, Name = "name-" + id, Status = status, Output = "out-" + id, ServiceId = service };
}
