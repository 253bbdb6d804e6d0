using System.Globalization;
using System.Text;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Core.Serf;

namespace Consul.Fast.Gossip.Tests.Core.Fakes;

/// <summary>
/// Runs the lines of a script against one core, node a, and gives the trace of what it wanted done. Other nodes are single
/// letters at addresses of their own; words of a line are separated by blanks, settings look like <c>key=value</c>.
/// </summary>
internal sealed class ScriptBed
{
    private readonly TraceOutput _output = new();
    private readonly PushPullBuffer _buffer = new();
    private GossipCore _core = null!;
    private TimeSpan _now;
    private long _token;

    public static GossipAddress AddressOf(char node) => GossipAddress.IPv4(10, 0, 0, (byte)(node - 'a' + 1), 7946);

    /// <summary>Runs one line and returns its trace.</summary>
    public string Run(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Line script = new(words);
        _output.Lines.Clear();
        _output.Now = _now;
        if (words[0] == "new") Create(script);
        else if (!TryMessage(script) && !TryCommand(script) && !TryLook(script)) throw new ArgumentException($"unknown line: {line}");
        return string.Join('\n', _output.Lines);
    }

    private static byte[] Bytes(string text) => text == "-" ? [] : Encoding.UTF8.GetBytes(text);

    private static GossipAddress Address(string text)
    {
        if (text.Length == 1) return AddressOf(text[0]);
        string[] parts = text.Split(':');
        byte[] bytes = System.Net.IPAddress.Parse(parts[0]).GetAddressBytes();
        Assert.True(GossipAddress.TryFrom(bytes, parts.Length > 1 ? ushort.Parse(parts[1]) : (ushort)7946, out GossipAddress address));
        return address;
    }

    private static TimeSpan Span(string text) => text.EndsWith("ms", StringComparison.Ordinal)
        ? TimeSpan.FromMilliseconds(double.Parse(text[..^2], CultureInfo.InvariantCulture))
        : TimeSpan.FromSeconds(double.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture));

    private static VersionVector Version(string text)
    {
        if (text == "none") return default;
        byte[] v = [.. text.Split('.').Select(byte.Parse)];
        return new VersionVector(v[0], v[1], v[2], v[3], v[4], v[5]);
    }

    private void Create(Line line)
    {
        SwimOptions swim = line.Get("profile", "lan") switch
        {
            "consul" => SwimOptions.ConsulLan,
            "wan" => SwimOptions.ConsulWan,
            _ => SwimOptions.Lan,
        };
        SerfOptions serf = line.Get("profile", "lan") == "lan" ? SerfOptions.Default : SerfOptions.Consul;
        // Scripts look at one thing at a time; periodic work is switched on where it is looked at.
        swim = swim with
        {
            ProbeInterval = line.Has("probe") ? swim.ProbeInterval : TimeSpan.FromHours(1),
            PushPullInterval = line.Has("pushpull") ? swim.PushPullInterval : TimeSpan.Zero,
            GossipNodes = line.Has("gossip") ? swim.GossipNodes : 0,
            AllowedNetworks = line.Has("allow") ? [new AddressRange(Address(line.Get("allow", "")), int.Parse(line.Get("bits", "24")))] : [],
        };
        if (line.Has("interval")) swim = swim with { ProbeInterval = Span(line.Get("interval", "")) };
        if (!line.Has("reconnect")) serf = serf with { ReconnectInterval = TimeSpan.FromHours(1000) };
        ulong[] clocks = [.. line.Get("clocks", "0,0,0").Split(',').Select(ulong.Parse)];
        CoreSettings settings = new(
            swim, serf, "a"u8.ToArray(), AddressOf('a'), Bytes(line.Get("meta", "role=web")), VersionVector.Consul, 7946,
            ulong.Parse(line.Get("seed", "1")), new LamportTimes(clocks[0], clocks[1], clocks[2]));
        _core = new GossipCore(settings, PlainCodec.Instance, OpenPolicy.Instance, _output);
        _core.Start(_now);
    }

    private bool TryMessage(Line line)
    {
        ReadOnlyMemory<byte> node = Bytes(line.Word(1));
        GossipAddress from = AddressOf('z');
        switch (line.Word(0))
        {
            case "alive":
                Alive alive = new(
                    (uint)line.Number(2), node, Address(line.Get("at", line.Word(1))), Bytes(line.Get("meta", "m")), Version(line.Get("vsn", "1.5.2.2.5.4")));
                _core.OnAlive(_now, alive, Address(line.Get("sender", line.Word(1))));
                return true;
            case "suspect":
                _core.OnSuspect(_now, new Suspect((uint)line.Number(2), node, Bytes(line.Get("from", "z"))));
                return true;
            case "dead":
                _core.OnDead(_now, new Dead((uint)line.Number(2), node, Bytes(line.Get("from", "z"))));
                return true;
            case "ping":
                GossipAddress source = line.Has("source") ? Address(line.Get("source", "")) : default;
                _core.OnPing(_now, new Ping((uint)line.Number(2), node, source, Bytes("z")), from);
                return true;
            case "indirect-ping":
                IndirectPing request = new((uint)line.Number(2), Address(line.Word(1)), node, line.Has("nack"), Address("b"), Bytes("b"));
                _core.OnIndirectPing(_now, request, from);
                return true;
            case "ack":
                _core.OnAckResp(_now, new AckResp((uint)line.Number(1), default), _now);
                return true;
            case "nack":
                _core.OnNackResp(_now, new NackResp((uint)line.Number(1)));
                return true;
            case "stream-ack":
                _core.OnStreamPingAnswered(_now, (uint)line.Number(1));
                return true;
            case "state" or "reply":
                MergeState(line);
                return true;
            default:
                return TrySerf(line);
        }
    }

    private bool TrySerf(Line line)
    {
        PlainMessages messages = new();
        byte[]? raw = line.Word(0) switch
        {
            "join-intent" => messages.Of(new JoinIntent(line.Number(2), Bytes(line.Word(1)))),
            "leave-intent" => messages.Of(new LeaveIntent(line.Number(2), Bytes(line.Word(1)), line.Has("prune"))),
            "event" => messages.Of(new UserEvent(line.Number(1), Bytes(line.Word(2)), Bytes(line.Get("payload", "-")), false)),
            "query" => messages.Of(IncomingQuery(line, messages)),
            "response" => messages.Of(new QueryResponse(
                line.Number(1), LastQueryId(line), Bytes(line.Get("from", "b")), line.Has("ack") ? QueryFlags.Ack : QueryFlags.None, Answer(line, messages))),
            "relay" => messages.Of(new Relay(Address(line.Word(1)), Bytes(line.Word(1)), messages.Of(new JoinIntent(1, Bytes("x"))))),
            _ => null,
        };
        if (raw is null) return false;
        PlainDispatch.Deliver(_core, _now, raw);
        return true;
    }

    private static ReadOnlyMemory<byte> Answer(Line line, PlainMessages messages)
    {
        if (line.Has("keys"))
        {
            ReadOnlyMemory<byte>[] keys = [.. line.Get("keys", "").Split(',').Select(k => (ReadOnlyMemory<byte>)Bytes(k))];
            return messages.Of(new KeyResponse(!line.Has("error"), Bytes(line.Get("error", "-")), keys, keys[0]));
        }

        if (!line.Has("knows")) return Bytes(line.Get("payload", "-"));
        return messages.Of(new ConflictResponse(true, Bytes("a"), Address(line.Get("knows", "")), default, 1, VersionVector.Consul));
    }

    private uint LastQueryId(Line line) => line.Get("id", "") switch
    {
        "" => _ownQuery.Id,
        "sent" => _output.SentQueryId,
        string id => (uint)ulong.Parse(id, CultureInfo.InvariantCulture),
    };

    private static Query IncomingQuery(Line line, PlainMessages messages)
    {
        List<ReadOnlyMemory<byte>> filters = [];
        if (line.Has("nodes")) filters.Add(messages.NodeFilter(line.Get("nodes", "").Split(',')));
        if (line.Has("tag")) filters.Add(messages.TagFilter(line.Get("tag", "").Split(':')[0], line.Get("tag", "").Split(':')[1]));
        QueryFlags flags = (line.Has("ack") ? QueryFlags.Ack : 0) | (line.Has("once") ? QueryFlags.NoBroadcast : 0);
        ReadOnlyMemory<byte> payload = line.Has("key") ? messages.Of(new KeyRequest(Bytes(line.Get("key", "-")))) : Bytes(line.Get("payload", "-"));
        return new Query(
            line.Number(1), (uint)ulong.Parse(line.Get("id", "7")), AddressOf('b'), Bytes("b"), filters.ToArray(), flags,
            byte.Parse(line.Get("relay", "0")), TimeSpan.FromSeconds(5), Bytes(line.Word(2)), payload);
    }

    /// <summary>Words: <c>node:state:incarnation</c> each; options ltimes, left, clocks, events.</summary>
    private void MergeState(Line line)
    {
        List<PushNodeState> nodes = [];
        foreach (string word in line.Words.Skip(1).Where(w => !w.Contains('=', StringComparison.Ordinal) && w.Contains(':', StringComparison.Ordinal)))
        {
            string[] parts = word.Split(':');
            NodeState state = Enum.Parse<NodeState>(parts[1], ignoreCase: true);
            VersionVector vsn = Version(line.Get("vsn", "1.5.2.2.5.4"));
            nodes.Add(new PushNodeState(Bytes(parts[0]), Address(parts[0]), Bytes("m"), uint.Parse(parts[2]), state, vsn));
        }

        ulong[] clocks = [.. line.Get("clocks", "0,0,0").Split(',').Select(ulong.Parse)];
        StatusLTime[] statuses = [.. line.List("ltimes").Select(l => new StatusLTime(Bytes(l.Split(':')[0]), ulong.Parse(l.Split(':')[1])))];
        ReadOnlyMemory<byte>[] left = [.. line.List("left").Select(l => (ReadOnlyMemory<byte>)Bytes(l))];
        BufferedEvents[] events = [.. line.List("events").Select(e => new BufferedEvents(
            ulong.Parse(e.Split(':')[0]), new[] { new BufferedEvent(Bytes(e.Split(':')[1]), Bytes("p")) }))];
        SerfPushPull serf = new(clocks[0], statuses, left, clocks[1], events, clocks[2]);
        PushPullState received = new(line.Has("join"), nodes.ToArray(), HasUserState: true, serf);
        var result = line.Word(0) == "state"
            ? _core.OnPushPullRequest(_now, received)
            : _core.OnPushPullReply(_now, _output.Streams[^1].Token, received);
        _output.Lines.Add(result.ToString().ToLowerInvariant());
    }

    private QueryId _ownQuery;

    private bool TryCommand(Line line)
    {
        ReadOnlyMemory<byte> word = Bytes(line.Word(1));
        switch (line.Word(0))
        {
            case "join":
                _core.Join(_now, [.. line.Words.Skip(1).Where(w => w != "ignore-old").Select(w => new JoinTarget(Address(w), Bytes(w)))], line.Has("ignore-old"), ++_token);
                return true;
            case "stream-fails":
                _core.OnPushPullFailed(_now, _output.Streams[^1].Token);
                return true;
            case "leave":
                if (!_core.TryLeave(_now, ++_token)) _output.Lines.Add("refused");
                return true;
            case "force-leave":
                _core.ForceLeave(_now, word, line.Has("prune"), ++_token);
                return true;
            case "tags":
                if (!_core.TryUpdateMeta(_now, word, ++_token)) _output.Lines.Add("refused");
                return true;
            case "fire":
                _output.Lines.Add(_core.FireEvent(_now, word, Bytes(line.Get("payload", "-")), true, out _).ToString().ToLowerInvariant());
                return true;
            case "ask":
                QueryRequest request = new(word, Bytes(line.Get("payload", "-")), default, line.Has("ack"), 0, default);
                _output.Lines.Add(_core.TryQuery(_now, request, out _ownQuery) ? "asked" : "refused");
                return true;
            case "keys":
                KeyOperation operation = Enum.Parse<KeyOperation>(line.Word(1), ignoreCase: true);
                _output.Lines.Add(_core.TryQueryKeys(_now, operation, Bytes(line.Get("key", "-")), 0, ++_token) ? "asked" : "refused");
                if (_output.Queries.Count > 0) _ownQuery = _output.Queries[^1];
                return true;
            case "answer":
                _output.Lines.Add(_core.Respond(_now, _output.Queries[^1], word).ToString().ToLowerInvariant());
                return true;
            case "answer-keys":
                ReadOnlyMemory<byte>[] keys = [.. Enumerable.Range(0, (int)line.Number(1)).Select(i => (ReadOnlyMemory<byte>)Bytes(new string((char)('A' + i), 44)))];
                _output.Lines.Add(_core.RespondKey(_now, _output.Queries[^1], new KeyResponse(true, default, keys, keys[0])).ToString().ToLowerInvariant());
                return true;
            case "run":
                Advance(Span(line.Word(1)));
                return true;
            default:
                return false;
        }
    }

    private void Advance(TimeSpan span)
    {
        TimeSpan end = _now + span;
        while (_core.NextDeadline is { } next && next <= end)
        {
            if (next > _now) _now = next;
            _output.Now = _now;
            _core.Tick(_now);
        }

        _now = end;
    }

    private bool TryLook(Line line)
    {
        switch (line.Word(0))
        {
            case "members":
                for (int slot = 0; slot < _core.MemberSlots; slot++)
                {
                    if (!_core.Members.IsUsed(slot)) continue;
                    MemberSlot member = _core.Members[slot];
                    string swim = member.IsListed ? $"{member.State.ToString().ToLowerInvariant()} {member.Incarnation}" : "forgotten";
                    _output.Lines.Add($"{TraceOutput.Text(member.Identity.Name)}: {swim}, {member.Status.ToString().ToLowerInvariant()} {member.StatusLTime}");
                }

                return true;
            case "queues":
                _output.Lines.Add(_core.QueueLengths.ToString());
                return true;
            case "health":
                _output.Lines.Add(_core.HealthScore.ToString(CultureInfo.InvariantCulture));
                return true;
            case "clocks":
                _output.Lines.Add($"{_core.Clocks.Member} {_core.Clocks.Event} {_core.Clocks.Query}");
                return true;
            case "local-state":
                PushPullState state = _core.LocalState(_buffer, isJoin: false);
                string nodes = string.Join(' ', state.Nodes.ToArray().Select(n => $"{TraceOutput.Text(n.Name)}:{n.State}:{n.Incarnation}").Order());
                string statuses = string.Join(' ', state.UserState.StatusLTimes.ToArray().Select(s => $"{TraceOutput.Text(s.Node)}:{s.LTime}"));
                string left = string.Join(' ', state.UserState.LeftMembers.ToArray().Select(l => TraceOutput.Text(l)));
                string events = string.Join(' ', state.UserState.Events.ToArray().SelectMany(
                    e => e.Events.ToArray().Select(one => $"{e.LTime}:{TraceOutput.Text(one.Name)}")));
                _output.Lines.Add($"nodes {nodes}, ltimes {statuses}, left [{left}], events [{events}]");
                return true;
            default:
                return false;
        }
    }

    /// <summary>A line's words, and its <c>key=value</c> settings.</summary>
    private sealed class Line(string[] words)
    {
        public string[] Words => words;

        public string Word(int index) => index < words.Length ? words[index] : "-";

        public ulong Number(int index) => ulong.Parse(words[index], CultureInfo.InvariantCulture);

        public bool Has(string key) => words.Any(w => w == key || w.StartsWith(key + "=", StringComparison.Ordinal));

        public string Get(string key, string otherwise) =>
            words.FirstOrDefault(w => w.StartsWith(key + "=", StringComparison.Ordinal)) is { } word ? word[(key.Length + 1)..] : otherwise;

        public string[] List(string key) => Get(key, "").Split(',', StringSplitOptions.RemoveEmptyEntries);
    }
}
