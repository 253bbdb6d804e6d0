using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Filter.Patterns;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul members</c>: the gossip pool as the agent sees it.</summary>
internal sealed class MembersCommand : ClientCommand
{
    private const string AllSegments = "_all";

    private readonly Flag<bool> _detailed;
    private readonly Flag<string> _segment;
    private readonly Flag<string> _status;
    private readonly Flag<bool> _wan;

    public MembersCommand()
        : base(ClientFlagSets.Client)
    {
        _detailed = Flags.Bool("detailed", "Provides detailed information about nodes.");
        _segment = Flags.String("segment", "Only members of this segment. Only Consul Enterprise has segments.", AllSegments);
        _status = Flags.String("status", "If provided, output is filtered to only nodes matching the regular expression for status.", ".*");
        _wan = Flags.Bool("wan", "If the agent is in server mode, this can be used to return the other peers in the WAN pool.");
    }

    public override string Name => "members";

    public override string Synopsis => "Lists the members of a Consul cluster";

    protected override string Usage => """
        Usage: consul members [options]

          Outputs the members of a running Consul agent.
        """;

    protected override async Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        if (!GoRegex.TryParse(_status.Value, out GoRegex? status, out string fault))
            return context.Fail($"Failed to compile status regexp: {fault}");

        using ConsulClient? client = Connect(context);
        if (client is null) return ExitCode.Error;
        var query = new QueryText().AddIf(_wan.Value, "wan", "1").AddIf(!_wan.Value, "segment", _segment.Value);
        Reply reply = await client.GetAsync("/v1/agent/members", query);
        if (!reply.TryRead(root => root.Items().Select(Read).ToArray(), out Member[]? all, out string error))
        {
            return context.Fail($"Error retrieving members: {error}");
        }

        Member[] members = [.. all.Where(member => status!.IsMatch(member.Status))
            .OrderBy(static member => member.Segment, StringComparer.Ordinal).ThenBy(static member => member.Name, StringComparer.Ordinal)];
        if (members.Length == 0) return ExitCode.NoMatch;
        List<string[]> rows = [_detailed.Value
            ? ["Node", "Address", "Status", "Tags"]
            : ["Node", "Address", "Status", "Type", "Build", "Protocol", "DC", "Segment"]];
        rows.AddRange(members.Select(member => _detailed.Value ? member.Detailed : member.Columns));
        context.Out.WriteLine(TextTable.Columns(rows));
        return ExitCode.Success;
    }

    private Member Read(JsonElement member) => Member.Read(member, allSegments: _segment.Value == AllSegments);

    private sealed record Member(string Name, string Status, string Segment, string[] Columns, string[] Detailed)
    {
        /// <param name="allSegments">Whether all segments were asked for; a server is in each of them.</param>
        public static Member Read(JsonElement member, bool allSegments)
        {
            JsonElement tags = member.Field("Tags");
            string role = tags.Text("role");
            string segment = allSegments && role == "consul" ? "<all>" : tags.Text("segment") is { Length: > 0 } tag ? tag : "<default>";
            string type = role switch { "consul" => "server", "node" => "client", _ => "unknown" };
            string name = member.Text("Name");
            string address = member.Text("Addr");
            if (address.Contains(':', StringComparison.Ordinal)) address = $"[{address}]";
            address = $"{address}:{member.Number("Port")}";
            string status = StatusWord(member.Number("Status"));
            return new Member(
                name,
                status,
                segment,
                type == "unknown" ? [name, address, status, type, "", "", "", ""]
                    : [name, address, status, type, Build(tags.Text("build")), tags.Text("vsn"), tags.Text("dc"), segment],
                [name, address, status, AllTags(tags, segment)]);
        }

        /// <summary>The version without the revision; only agents older than this tag have none.</summary>
        private static string Build(string tag) => tag.Length == 0 ? "< 0.3" : tag.Split(':')[0];

        /// <summary>The tags by name; the segment is there even when the member names none.</summary>
        private static string AllTags(JsonElement tags, string segment)
        {
            var all = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["segment"] = segment };
            foreach (JsonProperty tag in tags.Members()) all.TryAdd(tag.Name, tag.Value.Text());
            return string.Join(',', all.Select(static tag => $"{tag.Key}={tag.Value}"));
        }

        private static string StatusWord(ulong status) => status switch
        {
            1 => "alive",
            2 => "leaving",
            3 => "left",
            4 => "failed",
            _ => "none",
        };
    }
}
