using System.Text.Json;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Server;

public sealed class SessionTests : IAsyncLifetime
{
    private const string UnknownId = "adf4238a-882b-9ddc-4a9d-5b6758e4159e";

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Session_has_defaults()
    {
        Reply created = await _server.PutAsync("/v1/session/create");
        Assert.Equal(200, created.Status);
        string id = created.Json.GetProperty("ID").GetString()!;
        Assert.Equal($$"""{"ID":"{{id}}"}""", created.Body);
        Reply info = await _server.GetAsync("/v1/session/info/" + id);
        Assert.Equal(
            $$"""[{"ID":"{{id}}","Name":"","Node":"n1","LockDelay":15000000000,"Behavior":"release","TTL":"","NodeChecks":["serfHealth"],"ServiceChecks":null,"CreateIndex":{{info.Index}},"ModifyIndex":{{info.Index}}}]""",
            info.Body);
        Assert.Equal(info.Body, (await _server.GetAsync("/v1/session/list")).Body);
        Assert.Equal(info.Body, (await _server.GetAsync("/v1/session/node/n1")).Body);
        Assert.Equal("[]", (await _server.GetAsync("/v1/session/node/none")).Body);
    }

    [Fact]
    public async Task Given_fields_win_and_unknown_ones_are_dropped()
    {
        string id = await _server.CreateSessionAsync(
            """{"id":"x","name":"lock","lockdelay":"0.001s","BEHAVIOR":"delete","ttl":"10s","NodeChecks":[],"Bogus":{"a":1}}""");
        JsonElement session = (await _server.GetAsync("/v1/session/info/" + id)).Json[0];
        Assert.Equal("lock", session.GetProperty("Name").GetString());
        Assert.Equal(1_000_000, session.GetProperty("LockDelay").GetInt64());
        Assert.Equal("delete", session.GetProperty("Behavior").GetString());
        Assert.Equal("10s", session.GetProperty("TTL").GetString());
        Assert.Equal(0, session.GetProperty("NodeChecks").GetArrayLength());
    }

    [Theory]
    [InlineData("5", 5_000_000_000)]
    [InlineData("999", 999_000_000_000)]
    [InlineData("1000", 1000)]
    [InlineData("20000000000", 20_000_000_000)]
    [InlineData("\"1m\"", 60_000_000_000)]
    [InlineData("0", 0)]
    [InlineData("null", 15_000_000_000)]
    [InlineData("true", 0)]
    [InlineData("[1]", 0)]
    [InlineData("{}", 0)]
    public async Task Small_number_as_lock_delay_means_seconds(string text, long nanoseconds)
    {
        string id = await _server.CreateSessionAsync($$"""{"LockDelay":{{text}}}""");
        Assert.Equal(nanoseconds, (await _server.GetAsync("/v1/session/info/" + id)).Json[0].GetProperty("LockDelay").GetInt64());
    }

    [Theory]
    [InlineData("""{}""", "[\"serfHealth\"]")]
    [InlineData("""{"NodeChecks":["serfHealth"]}""", "[\"serfHealth\"]")]
    [InlineData("""{"NodeChecks":[]}""", "[]")]
    [InlineData("""{"NodeChecks":null}""", "null")]
    [InlineData("""{"Checks":[]}""", "[]")]
    [InlineData("""{"Checks":null}""", "[]")]
    [InlineData("""{"Checks":["serfHealth"]}""", "[\"serfHealth\"]")]
    [InlineData("""{"NodeChecks":["serfHealth"],"Checks":[]}""", "[]")]
    [InlineData("""{"NodeChecks":null,"Checks":null}""", "[]")]
    [InlineData("""{"NodeChecks":[],"Checks":["serfHealth"]}""", "[]")]
    [InlineData("""{"NodeChecks":[],"Checks":["unknown"]}""", "[]")]
    [InlineData("""{"Checks":["serfHealth","serfHealth"]}""", "[\"serfHealth\"]", "[\"serfHealth\",\"serfHealth\"]")]
    public async Task Checks_under_both_names_settle_what_a_session_depends_on(string body, string nodeChecks, string? checks = null)
    {
        string id = await _server.CreateSessionAsync(body);
        JsonElement session = (await _server.GetAsync("/v1/session/info/" + id)).Json[0];
        Assert.Equal(nodeChecks, session.GetProperty("NodeChecks").GetRawText());
        Assert.Equal(checks, session.TryGetProperty("Checks", out JsonElement old) ? old.GetRawText() : null);
    }

    [Theory]
    [InlineData("""{"TTL":"5s"}""", 500, "Invalid Session TTL '5000000000', must be between [10s=24h0m0s]")]
    [InlineData("""{"TTL":"25h"}""", 500, "Invalid Session TTL '90000000000000', must be between [10s=24h0m0s]")]
    [InlineData("""{"TTL":"abc"}""", 500, "Session TTL 'abc' invalid: time: invalid duration \"abc\"")]
    [InlineData("""{"Behavior":"x"}""", 500, "Invalid Behavior setting 'x'")]
    [InlineData("""{"Node":""}""", 500, "Must provide Node")]
    [InlineData("""{"Node":"other"}""", 500, "apply failed: Missing node registration")]
    [InlineData("""{"NodeChecks":["nope"]}""", 500, "apply failed: Missing check 'nope' registration")]
    [InlineData("""{"TTL":5}""", 400, "Request decode failed: json: cannot unmarshal number into Go struct field Session.TTL of type string")]
    [InlineData("{", 400, "Request decode failed: unexpected EOF")]
    public async Task Faults_of_creation(string body, int status, string text)
    {
        int proposals = _server.Raft.Proposals;
        Reply reply = await _server.PutAsync("/v1/session/create", body);
        Assert.Equal((status, text), (reply.Status, reply.Body));
        Assert.Equal(text.StartsWith("apply", StringComparison.Ordinal), _server.Raft.Proposals > proposals);
    }

    [Fact]
    public async Task Critical_check_refuses()
    {
        var check = new HealthCheck { Node = "n1", CheckId = "hh", Name = "hh", Status = CheckStatus.Critical };
        await _server.Commands.ProposeAsync(new RegisterRequest { Node = "n1", Address = "127.0.0.1", Check = check });
        Reply reply = await _server.PutAsync("/v1/session/create", """{"NodeChecks":["hh"]}""");
        Assert.Equal((500, "apply failed: Check 'hh' is in critical state"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Limits_follow_the_life_of_a_session()
    {
        string id = await _server.CreateSessionAsync("""{"TTL":"10s"}""");
        Assert.Equal([id], _server.Reset);
        Reply renewed = await _server.PutAsync("/v1/session/renew/" + id);
        Assert.Equal(id, renewed.Json[0].GetProperty("ID").GetString());
        Assert.Null(renewed.Header("X-Consul-Index"));
        Assert.Equal([id, id], _server.Reset);
        Assert.Equal("true", (await _server.PutAsync("/v1/session/destroy/" + id)).Body);
        Assert.Equal([id], _server.Cleared);
        Reply gone = await _server.PutAsync("/v1/session/renew/" + id);
        Assert.Equal((404, $"Session id '{id}' not found"), (gone.Status, gone.Body));
        Assert.Equal("[]", (await _server.GetAsync("/v1/session/info/" + id)).Body);
    }

    [Fact]
    public async Task Ending_session_releases_or_deletes_its_keys()
    {
        string keeper = await _server.CreateSessionAsync("""{"LockDelay":0}""");
        string eraser = await _server.CreateSessionAsync("""{"Behavior":"delete"}""");
        await _server.PutAsync($"/v1/kv/kept?acquire={keeper}", "1");
        await _server.PutAsync($"/v1/kv/erased?acquire={eraser}", "1");
        await _server.PutAsync("/v1/session/destroy/" + keeper);
        await _server.PutAsync("/v1/session/destroy/" + eraser);
        Assert.False((await _server.GetAsync("/v1/kv/kept")).Json[0].TryGetProperty("Session", out _));
        Assert.Equal(404, (await _server.GetAsync("/v1/kv/erased")).Status);
    }

    [Fact]
    public async Task Faults_of_lookups()
    {
        const string Malformed = "failed session lookup: index error: UUID must be 36 characters";
        Reply info = await _server.GetAsync("/v1/session/info/x");
        Assert.Equal((500, Malformed), Both(info));
        Assert.Equal(("1", "false"), (info.Header("X-Consul-Index"), info.Header("X-Consul-Knownleader")));
        Assert.Equal((500, Malformed), Both(await _server.PutAsync("/v1/session/renew/x")));
        Assert.Equal((500, "apply failed: " + Malformed), Both(await _server.PutAsync("/v1/session/destroy/x")));
        Assert.Equal((200, "true"), Both(await _server.PutAsync("/v1/session/destroy/" + UnknownId)));
        Assert.Equal((404, $"Session id '{UnknownId}' not found"), Both(await _server.PutAsync("/v1/session/renew/" + UnknownId)));
        Assert.Equal((200, "[]"), Both(await _server.GetAsync("/v1/session/info/" + UnknownId)));
        Assert.Equal((400, "Missing session"), Both(await _server.GetAsync("/v1/session/info/")));
        Assert.Equal((400, "Missing session"), Both(await _server.PutAsync("/v1/session/renew/")));
        Assert.Equal((400, "Missing session"), Both(await _server.PutAsync("/v1/session/destroy/")));
        Assert.Equal((400, "Missing node name"), Both(await _server.GetAsync("/v1/session/node/")));
        Assert.Equal((500, "No path to datacenter"), Both(await _server.PutAsync("/v1/session/create?dc=other")));
    }

    [Fact]
    public async Task Body_of_undeclared_length_is_not_looked_at()
    {
        Http.RawAnswer answer = await _server.Http.ExchangeAsync(
            "PUT /v1/session/create HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{x}\r\n0\r\n\r\n"u8.ToArray());
        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Status_and_configuration_name_this_server()
    {
        Assert.Equal("\"127.0.0.1:8300\"", (await _server.GetAsync("/v1/status/leader")).Body);
        Assert.Equal("[\"127.0.0.1:8300\"]", (await _server.GetAsync("/v1/status/peers")).Body);
        Assert.Equal(
            $$"""{"Servers":[{"ID":"{{FakeConsensus.ServerId}}","Node":"n1","Address":"127.0.0.1:8300","Leader":true,"ProtocolVersion":"3","Voter":true}],"Index":0}""",
            (await _server.GetAsync("/v1/operator/raft/configuration")).Body);
        Assert.Equal((500, "No path to datacenter"), Both(await _server.GetAsync("/v1/status/leader?dc=other")));
        _server.Raft.Role = Consensus.RaftRole.Candidate;
        Assert.Equal("\"\"", (await _server.GetAsync("/v1/status/leader")).Body);
        _server.IsLeaving = true;
        Assert.Equal((500, "No cluster leader"), Both(await _server.GetAsync("/v1/operator/raft/configuration")));
    }

    [Theory]
    [InlineData("adf4238a-882b-9ddc-4a9d-5b6758e4159e", null)]
    [InlineData("", "UUID must be 36 characters")]
    [InlineData("adf4238a-882b-9ddc-4a9d-5b6758e4159g", "Invalid UUID: encoding/hex: invalid byte: U+0067 'g'")]
    [InlineData("adf4238a-882b-9ddc-4a9d-5b6758e4-59e", "UUID should have maximum of 4 \"-\"; got 5")]
    public void Session_ids_are_checked_as_uuids(string text, string? fault) => Assert.Equal(fault, Storage.Records.UuidText.Check(text));

    [Fact]
    public void Proposal_errors_come_from_raft_and_from_applying()
    {
        Assert.Null(ProposalError.Of(new Consensus.ProposalResult(1, true, null)));
        Assert.Equal("a", ProposalError.Of(new Consensus.ProposalResult(0, null, "a")));
        Assert.Equal("b", ProposalError.Of(new Consensus.ProposalResult(1, new Consensus.ApplyError("b"), null)));
    }

    private static (int Status, string Body) Both(Reply reply) => (reply.Status, reply.Body);
}
