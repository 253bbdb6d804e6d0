using System.Globalization;
using System.Text;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Serf;

namespace Consul.Fast.Gossip.Tests.Core.Fakes;

/// <summary>Writes down, one line each, what a core wants done.</summary>
internal sealed class TraceOutput : IGossipOutput
{
    private readonly StringBuilder _packet = new();

    public List<string> Lines { get; } = [];

    /// <summary>Stamp of the lines.</summary>
    public TimeSpan Now { get; set; }

    public List<StreamRequest> Streams { get; } = [];

    public List<QueryId> Queries { get; } = [];

    /// <summary>Number of the query that was last sent on.</summary>
    public uint SentQueryId { get; private set; }

    public static string Text(ReadOnlyMemory<byte> bytes) => bytes.Length == 0 ? "-" : Encoding.UTF8.GetString(bytes.Span);

    public void BeginPacket(in PacketHead head)
    {
        _packet.Clear();
        _packet.Append(CultureInfo.InvariantCulture, $"{head.Urgency.ToString().ToLowerInvariant()} -> {Place(head.Target)}{(head.HasChecksum ? " crc" : "")}");
    }

    public void Add(in Ping message) => Part($"ping {message.SeqNo} {Text(message.Node)}");

    public void Add(in IndirectPing message) =>
        Part($"indirect-ping {message.SeqNo} {Text(message.Node)} at {Place(message.Target)}{(message.Nack ? " nack" : "")}");

    public void Add(in AckResp message) => Part($"ack {message.SeqNo}{(message.Payload.Length == 0 ? " nil" : "")}");

    public void Add(in NackResp message) => Part($"nack {message.SeqNo}");

    public void Add(in Suspect message) => Part($"suspect {Text(message.Node)} {message.Incarnation} from {Text(message.From)}");

    public void Add(in Alive message) =>
        Part($"alive {Text(message.Node)} {message.Incarnation} at {Place(message.Addr)} meta {Text(message.Meta)}");

    public void Add(in Dead message) => Part($"dead {Text(message.Node)} {message.Incarnation} from {Text(message.From)}");

    public void AddUser(ReadOnlyMemory<byte> message)
    {
        PlainCodec.Reader r = new(message[1..]);
        if (message.Span[0] == (byte)SerfMessageType.Query) SentQueryId = PlainDispatch.ReadQuery(ref r).Id;
        Part(Serf(message));
    }

    public void EndPacket() => Line(_packet.ToString());

    public void OpenStream(in StreamRequest request)
    {
        Streams.Add(request);
        string what = request.Kind == StreamKind.Ping
            ? string.Create(CultureInfo.InvariantCulture, $"ping {request.Ping.SeqNo} until {Seconds(request.Deadline)}")
            : request.IsJoin ? "push/pull join" : "push/pull";
        Line($"stream -> {Place(request.Target)} {what}");
    }

    public void Member(in MemberNotice notice) =>
        Line($"member-{notice.Change.ToString().ToLowerInvariant()} {Text(notice.Member.Name)} {notice.Member.Status.ToString().ToLowerInvariant()}");

    public void UserEvent(in UserEvent message) =>
        Line(string.Create(CultureInfo.InvariantCulture, $"event {message.LTime} {Text(message.Name)} {Text(message.Payload)}"));

    public void Query(in IncomingQuery query)
    {
        Queries.Add(query.Id);
        Line(string.Create(
            CultureInfo.InvariantCulture,
            $"query {query.Id.LTime} {Text(query.Name)} {Text(query.Payload)} from {Text(query.SourceNode)} until {Seconds(query.Deadline)}"));
    }

    public void KeyQuery(in IncomingKeyQuery query)
    {
        Queries.Add(query.Id);
        Line($"key-query {query.Operation} {Text(query.Key)}");
    }

    public void QueryAck(QueryId id, ReadOnlyMemory<byte> from) => Line($"query-ack {id.LTime} from {Text(from)}");

    public void QueryAnswer(QueryId id, ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> payload) =>
        Line($"query-answer {id.LTime} from {Text(from)}: {Text(payload)}");

    public void QueryDone(QueryId id) => Line($"query-done {id.LTime}");

    public void KeysCollected(long token, KeyCollection result) => Line(
        $"keys-collected {token}: {result.Answers} of {result.Nodes}, {result.Errors} errors, keys [{string.Join(' ', result.Keys)}], "
        + $"primary [{string.Join(' ', result.PrimaryKeys)}], messages [{string.Join(' ', result.Messages)}]");

    public void Completed(in Completion completion) =>
        Line($"completed {completion.Command.ToString().ToLowerInvariant()} {completion.Token} {(completion.Succeeded ? "ok" : "failed")} {completion.Count}");

    public void Warn(in Warning warning)
    {
        string where = warning.Address.IsEmpty ? "" : " at " + Place(warning.Address);
        Line($"warn {warning.Kind} {Text(warning.Node)}{where}");
    }

    public void NameConflictLost() => Line("name-conflict-lost");

    /// <summary>The addresses of scripts are those of nodes a, b, c...; others are written out.</summary>
    private static string Place(GossipAddress address)
    {
        string text = address.ToString();
        for (int i = 0; i < 26; i++)
        {
            if (address == ScriptBed.AddressOf((char)('a' + i))) return ((char)('a' + i)).ToString();
        }

        return text;
    }

    private static string Serf(ReadOnlyMemory<byte> message)
    {
        PlainCodec.Reader r = new(message[1..]);
        switch ((SerfMessageType)message.Span[0])
        {
            case SerfMessageType.Leave:
                return $"leave-intent {r.Number()} {Text(r.Bytes())}{(r.Number() != 0 ? " prune" : "")}";
            case SerfMessageType.Join:
                return $"join-intent {r.Number()} {Text(r.Bytes())}";
            case SerfMessageType.UserEvent:
                return $"user-event {r.Number()} {Text(r.Bytes())} {Text(r.Bytes())}";
            case SerfMessageType.Query:
                Query query = PlainDispatch.ReadQuery(ref r);
                return $"query {query.LTime} {Text(query.Name)} {Text(query.Payload)}";
            case SerfMessageType.QueryResponse:
                QueryResponse response = PlainDispatch.ReadResponse(ref r);
                bool isText = response.Payload.Length == 0 || response.Payload.Span[0] >= ' ';
                string payload = isText ? Text(response.Payload) : $"{(SerfMessageType)response.Payload.Span[0]}";
                return $"response {response.LTime} from {Text(response.From)}{(response.Flags == QueryFlags.Ack ? " ack" : ": " + payload)}";
            case SerfMessageType.Relay:
                return $"relay to {Place(r.Address())} {Text(r.Bytes())} [{Serf(r.Bytes())}]";
            default:
                return "unknown";
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s";

    private void Part(string text) => _packet.Append(_packet.ToString().Contains(':', StringComparison.Ordinal) ? " | " : ": ").Append(text);

    private void Line(string text) => Lines.Add($"{Seconds(Now)} {text}");
}
