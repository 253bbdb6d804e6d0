using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Keys and transactions through a running agent.</summary>
public sealed class KvTests(SharedAgent shared) : IClassFixture<SharedAgent>
{
    private readonly Api _api = shared.Agent.Api;

    [Fact]
    public async Task Value_is_written_read_and_deleted()
    {
        Assert.Equal("true", (await _api.Put("/v1/kv/a/b?flags=42", "hello")).Expect(200).Text);
        Answer answer = (await _api.Get("/v1/kv/a/b")).Expect(200);
        JsonElement entry = answer.Json[0];
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal(["LockIndex", "Key", "Flags", "Value", "CreateIndex", "ModifyIndex"], entry.EnumerateObject().Select(field => field.Name));
        Assert.Equal("aGVsbG8=", entry.GetProperty("Value").GetString());
        Assert.Equal(42, entry.GetProperty("Flags").GetInt32());
        Assert.Equal(answer.Index, entry.GetProperty("ModifyIndex").GetUInt64());
        Assert.Equal("true", answer.Headers["X-Consul-KnownLeader"]);
        Assert.Equal("hello", (await _api.Get("/v1/kv/a/b?raw")).Text);
        Assert.Equal("true", (await _api.Delete("/v1/kv/a/b")).Text);
        Answer gone = (await _api.Get("/v1/kv/a/b")).Expect(404);
        Assert.Empty(gone.Body);
        Assert.True(gone.Index >= answer.Index);
    }

    [Fact]
    public async Task Trees_and_key_names_are_listed_in_byte_order()
    {
        foreach (string key in (string[])["tree/b/c", "tree/a", "tree/b", "tree/B"]) await _api.Put("/v1/kv/" + key, key);
        Assert.Equal("""["tree/B","tree/a","tree/b","tree/b/c"]""", (await _api.Get("/v1/kv/tree/?keys")).Text);
        Assert.Equal("""["tree/B","tree/a","tree/b","tree/b/"]""", (await _api.Get("/v1/kv/tree/?keys&separator=/")).Text);
        Assert.Equal(4, (await _api.Get("/v1/kv/tree/?recurse")).Json.GetArrayLength());
        await _api.Delete("/v1/kv/tree/b?recurse");
        Assert.Equal("""["tree/B","tree/a"]""", (await _api.Get("/v1/kv/tree/?keys")).Text);
        (await _api.Get("/v1/kv/tree/none?keys")).Expect(404);
    }

    [Fact]
    public async Task Check_and_set_writes_only_at_the_expected_index()
    {
        Assert.Equal("true", (await _api.Put("/v1/kv/cas?cas=0", "1")).Text);
        Assert.Equal("false", (await _api.Put("/v1/kv/cas?cas=0", "2")).Text);
        ulong index = (await _api.Get("/v1/kv/cas")).Index;
        Assert.Equal("false", (await _api.Put($"/v1/kv/cas?cas={index + 1}", "2")).Text);
        Assert.Equal("true", (await _api.Put($"/v1/kv/cas?cas={index}", "3")).Text);
        Assert.Equal("3", (await _api.Get("/v1/kv/cas?raw")).Text);
        Assert.Equal("false", (await _api.Delete($"/v1/kv/cas?cas={index}")).Text);
        Assert.Equal("true", (await _api.Delete("/v1/kv/cas-absent?cas=7")).Text);
    }

    [Fact]
    public async Task Lock_is_taken_held_and_released()
    {
        string first = await Session();
        string second = await Session();
        Assert.Equal("true", (await _api.Put($"/v1/kv/lock?acquire={first}", "1")).Text);
        Assert.Equal("false", (await _api.Put($"/v1/kv/lock?acquire={second}", "2")).Text);
        JsonElement held = (await _api.Get("/v1/kv/lock")).Json[0];
        Assert.Equal(first, held.GetProperty("Session").GetString());
        Assert.Equal(1, held.GetProperty("LockIndex").GetInt32());
        Assert.Equal("true", (await _api.Put($"/v1/kv/lock?release={first}", "1")).Text);
        Assert.Equal("true", (await _api.Put($"/v1/kv/lock?acquire={second}", "2")).Text);
        Assert.Equal(2, (await _api.Get("/v1/kv/lock")).Json[0].GetProperty("LockIndex").GetInt32());
        await _api.Put($"/v1/session/destroy/{second}");
        Assert.False((await _api.Get("/v1/kv/lock")).Json[0].TryGetProperty("Session", out _));
    }

    [Fact]
    public async Task Transaction_is_all_or_nothing()
    {
        Answer good = await _api.Put("/v1/txn", """
            [{"KV":{"Verb":"set","Key":"txn/a","Value":"MQ=="}},{"KV":{"Verb":"get","Key":"txn/a"}}]
            """);
        Assert.Equal(JsonValueKind.Null, good.Expect(200).Json.GetProperty("Errors").ValueKind);
        Assert.Equal("MQ==", good.Json.GetProperty("Results")[1].GetProperty("KV").GetProperty("Value").GetString());

        Answer bad = await _api.Put("/v1/txn", """
            [{"KV":{"Verb":"set","Key":"txn/b","Value":"MQ=="}},{"KV":{"Verb":"check-not-exists","Key":"txn/a"}}]
            """);
        Assert.Equal("""{"Results":null,"Errors":[{"OpIndex":1,"What":"key \"txn/a\" exists"}]}""", bad.Expect(409).Text);
        (await _api.Get("/v1/kv/txn/b")).Expect(404);
    }

    [Theory]
    [InlineData("flags=x", 500, "strconv.ParseUint: parsing \"x\": invalid syntax")]
    [InlineData("cas=1&acquire=x", 400, "Conflicting flags: acquire=x&cas=1")]
    [InlineData("acquire=11111111-1111-1111-1111-111111111111", 500,
        "raft apply failed: invalid session \"11111111-1111-1111-1111-111111111111\"")]
    [InlineData("ns=x", 400, "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    public async Task Wrong_write_is_explained(string query, int status, string text) =>
        Assert.Equal(text, (await _api.Put($"/v1/kv/wrong?{query}", "x")).Expect(status).Text);

    [Fact]
    public async Task Key_keeps_every_byte_a_url_can_carry()
    {
        string[] keys = ["bytes/ä ü", "bytes/100%", "bytes/Case", "bytes/case", "bytes/a?b#c", "bytes/+&=", "bytes/tail/"];
        foreach (string key in keys)
        {
            string path = "/v1/kv/" + string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
            Assert.Equal("true", (await _api.Put(path, key)).Expect(200).Text);
            Assert.Equal(key, (await _api.Get(path)).Json[0].GetProperty("Key").GetString());
        }
    }

    [Fact]
    public async Task Value_of_any_bytes_comes_back()
    {
        byte[] value = [.. Enumerable.Range(0, 512 * 1024).Select(i => (byte)(i * 7))];
        await _api.Put("/v1/kv/big", value);
        Assert.Equal(value, (await _api.Get("/v1/kv/big?raw")).Body);
        await _api.Put("/v1/kv/empty");
        Assert.Equal(JsonValueKind.Null, (await _api.Get("/v1/kv/empty")).Json[0].GetProperty("Value").ValueKind);
    }

    private async Task<string> Session() => (await _api.Put("/v1/session/create", """{"LockDelay":"0s"}"""))
        .Expect(200).Json.GetProperty("ID").GetString()!;
}
