using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Http;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul keyring</c>: lists and changes the keys that gossip is encrypted with.</summary>
internal sealed class KeyringCommand : ClientCommand
{
    private const string Path = "/v1/operator/keyring";
    private const long RelayFactorMax = 5;

    private readonly Flag<string> _install;
    private readonly Flag<bool> _list;
    private readonly Flag<bool> _listPrimary;
    private readonly Flag<bool> _localOnly;
    private readonly Flag<long> _relayFactor;
    private readonly Flag<string> _remove;
    private readonly Flag<string> _use;

    public KeyringCommand()
        : base(ClientFlagSets.Client)
    {
        _install = Flags.String("install", "Adds a key on all members.");
        _list = Flags.Bool("list", "Lists all keys in use.");
        _listPrimary = Flags.Bool("list-primary", "Lists the keys that members encrypt with.");
        _localOnly = Flags.Bool("local-only", "Asks the pool of the datacenter only. Needs -list.");
        _relayFactor = Flags.Int("relay-factor", "Number of random members that relay each answer once more, 0 to 5.");
        _remove = Flags.String("remove", "Removes a key, other than the primary one, from all members.");
        _use = Flags.String("use", "Makes an installed key the primary one, which encrypts.");
    }

    public override string Name => "keyring";

    public override string Synopsis => "Manages gossip layer encryption keys";

    protected override string Usage => """
        Usage: consul keyring [options]

          Lists the keys that gossip is encrypted with, adds and removes keys, and
          chooses the one that encrypts, on all members at once and without
          interruption: install a new key, use it, then remove the old one.

          Must be run against a server. The keys of the LAN and the WAN pool change
          together. The exit code is 1 when a member failed or did not answer.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        string[] changes = [_install.Value, _use.Value, _remove.Value];
        int actions = changes.Count(static key => key.Length > 0) + (_list.Value ? 1 : 0) + (_listPrimary.Value ? 1 : 0);
        if (actions == 0) return context.Fail(Help);
        if (actions > 1) return context.Fail("Only a single action is allowed");
        if (_relayFactor.Value is < 0 or > RelayFactorMax)
            return context.Fail("Error parsing relay factor: Relay factor must be in range: [0, 5]");
        if (_localOnly.Value && !_list.Value)
            return context.Fail("Error validating local-only: local-only can only be set for list requests");
        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        var query = new QueryText()
            .AddIf(_relayFactor.Value != 0, "relay-factor", _relayFactor.Value.ToString(CultureInfo.InvariantCulture))
            .AddIf(_localOnly.Value, "local-only", "true");
        if (_list.Value) return await ListAsync(client, query, "Gathering installed encryption keys", "Keys", context);
        if (_listPrimary.Value)
            return await ListAsync(client, query, "Gathering installed primary encryption keys", "PrimaryKeys", context);
        if (_install.Value.Length > 0)
            return await ChangeAsync(client, HttpMethod.Post, query, _install.Value, "Installing new gossip encryption key", context);
        return _use.Value.Length > 0
            ? await ChangeAsync(client, HttpMethod.Put, query, _use.Value, "Changing primary gossip encryption key", context)
            : await ChangeAsync(client, HttpMethod.Delete, query, _remove.Value, "Removing gossip encryption key", context);
    }

    private static async Task<int> ListAsync(ConsulClient client, QueryText query, string doing, string field, CommandContext context)
    {
        context.Out.WriteLine($"==> {doing}...");
        Reply reply = await client.GetAsync(Path, query);
        if (!reply.TryRead(root => root.Items().Select(pool => Describe(pool, field)).ToArray(), out string[]? pools, out string error))
            return context.Fail($"error: {error}");
        foreach (string pool in pools) context.Out.WriteLine(pool);
        return ExitCode.Success;
    }

    private static async Task<int> ChangeAsync(
        ConsulClient client, HttpMethod method, QueryText query, string key, string doing, CommandContext context)
    {
        context.Out.WriteLine($"==> {doing}...");
        using var body = new ByteArrayContent(Body(key));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Reply reply = await client.SendAsync(method, Path, query, body);
        return reply.Error is null ? ExitCode.Success : context.Fail($"error: {reply.Error}");
    }

    private static byte[] Body(string key)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, JsonLayout.Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("Key"u8, key);
            writer.WriteEndObject();
        }

        return body.ToArray();
    }

    /// <summary>A blank line, the name of the pool, what its members said, and how many of them have each key.</summary>
    private static string Describe(JsonElement pool, string field)
    {
        string segment = pool.Text("Segment");
        var text = new StringBuilder("\n");
        text.Append(pool.Flag("WAN") ? "WAN" : pool.Text("Datacenter") + " (LAN)").Append(segment.Length > 0 ? $" [{segment}]" : "").Append(':');
        foreach (JsonProperty message in pool.Members("Messages")) text.Append($"\n  ===> {message.Name}: {message.Value.Text()}");
        ulong nodes = pool.Number("NumNodes");
        foreach (JsonProperty key in pool.Members(field)) text.Append($"\n  {key.Name} [{key.Value.Number()}/{nodes}]");
        return text.ToString();
    }
}
