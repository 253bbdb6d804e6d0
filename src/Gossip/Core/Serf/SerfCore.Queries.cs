using System.Buffers;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Swim;

namespace Consul.Fast.Gossip.Core.Serf;

internal enum RespondResult
{
    Sent,

    /// <summary>The query was never seen, was answered already, or its deadline has passed.</summary>
    NotOpen,

    /// <summary>The encoded answer is larger than allowed.</summary>
    TooLarge,
}

internal sealed partial class SerfCore
{
    /// <summary>Queries that wait for an answer of this node; beyond it the oldest is given up.</summary>
    private const int OpenQueriesMax = 256;

    private readonly List<OpenQuery> _open = [];

    private static ReadOnlySpan<byte> InternalPrefix => "_serf_"u8;

    /// <param name="raw">The message as received, to be passed on when it is news.</param>
    public void OnQuery(in Query query, ReadOnlyMemory<byte> raw)
    {
        if (Apply(query)) _outbox.Announce(_outbox.Queries, raw.ToArray());
    }

    /// <summary>Answers a query once, before its deadline.</summary>
    public RespondResult Respond(QueryId id, ReadOnlyMemory<byte> payload)
    {
        int index = IndexOfOpen(id);
        if (index < 0) return RespondResult.NotOpen;
        OpenQuery open = _open[index];
        if (!FitsResponse(EncodeResponse(id, QueryFlags.None, payload))) return RespondResult.TooLarge;
        _open.RemoveAt(index);
        SendResponse(open, _context.Scratch.WrittenSpan.ToArray());
        return RespondResult.Sent;
    }

    /// <summary>A response that another node asks us to pass on.</summary>
    public void OnRelay(in Relay relay)
    {
        if (!relay.DestAddr.IsEmpty) SendDirect(relay.DestAddr, relay.DestName, relay.Inner);
    }

    /// <returns>True when it is to be passed on.</returns>
    private bool Apply(in Query query)
    {
        _queryClock.Witness(query.LTime);
        if (query.LTime < _queryMinTime || IsTooOld(query.LTime, _queryClock.Time, _queries.Size)) return false;
        QueryId id = new(query.LTime, query.Id);
        if (!_queries.TryAdd(id)) return false;
        bool passOn = (query.Flags & QueryFlags.NoBroadcast) == 0;
        if (!MatchesFilters(query)) return passOn;
        OpenQuery open = new(id, query.Addr, query.SourceNode.ToArray(), query.RelayFactor, _context.Now + query.Timeout);
        if ((query.Flags & QueryFlags.Ack) != 0)
        {
            EncodeResponse(id, QueryFlags.Ack, default);
            SendResponse(open, _context.Scratch.WrittenSpan.ToArray());
        }

        ForgetClosed();
        _open.Add(open);
        if (query.Name.Span.StartsWith(InternalPrefix)) HandleInternal(open, query);
        else _context.Output.Query(new IncomingQuery(id, query.Name, query.Payload, query.SourceNode, open.Deadline));
        return passOn;
    }

    private bool MatchesFilters(in Query query)
    {
        foreach (ReadOnlyMemory<byte> encoded in query.Filters.Span)
        {
            if (!_context.Codec.TryDecodeFilter(encoded, out QueryFilter filter)) return false;
            bool matches = filter.Type == QueryFilterType.Node ? NamesMe(filter) : MatchesTag(filter);
            if (!matches) return false;
        }

        return true;
    }

    private bool NamesMe(in QueryFilter filter)
    {
        foreach (ReadOnlyMemory<byte> node in filter.Nodes.Span)
        {
            if (_context.IsMyName(node)) return true;
        }

        return false;
    }

    private bool MatchesTag(in QueryFilter filter)
    {
        byte[] meta = _members[SwimCore.SelfSlot].Identity.Meta;
        bool found = _context.Codec.TryFindTag(meta, filter.Tag.Span, out ReadOnlyMemory<byte> value);
        return _context.Policy.Matches(filter.Expr.Span, found ? value.Span : default);
    }

    private ArrayBufferWriter<byte> EncodeResponse(QueryId id, QueryFlags flags, ReadOnlyMemory<byte> payload)
    {
        _context.Scratch.ResetWrittenCount();
        _context.Codec.Encode(new QueryResponse(id.LTime, id.Id, _context.Name, flags, payload), _context.Scratch);
        return _context.Scratch;
    }

    private bool FitsResponse(ArrayBufferWriter<byte> encoded) => encoded.WrittenCount <= _context.Serf.QueryResponseBytesMax;

    /// <summary>To the asker, and for a shaky network once more by way of some helpers.</summary>
    private void SendResponse(OpenQuery open, byte[] response)
    {
        SendDirect(open.Asker, open.AskerName, response);
        int factor = open.RelayFactor;
        if (factor == 0 || _outbox.MemberCount < factor + 1) return;
        _context.Scratch.ResetWrittenCount();
        _context.Codec.Encode(new Relay(open.Asker, open.AskerName, response), _context.Scratch);
        if (!FitsResponse(_context.Scratch))
        {
            _context.Warn(WarningKind.RelayTooLarge, open.AskerName, open.Asker);
            return;
        }

        Span<int> helpers = stackalloc int[factor];
        int count = Swim.PickHelpers(helpers);
        foreach (int slot in helpers[..count])
        {
            NodeIdentity helper = _members[slot].Identity;
            SendDirect(helper.Address, helper.Name, _context.Scratch.WrittenMemory);
        }
    }

    private int IndexOfOpen(QueryId id)
    {
        for (int i = 0; i < _open.Count; i++)
        {
            if (_open[i].Id == id) return _open[i].Deadline >= _context.Now ? i : -1;
        }

        return -1;
    }

    private void ForgetClosed()
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i].Deadline < _context.Now) _open.RemoveAt(i);
        }

        if (_open.Count >= OpenQueriesMax) _open.RemoveAt(0);
    }

    /// <summary>A query this node may still answer.</summary>
    private readonly record struct OpenQuery(QueryId Id, GossipAddress Asker, byte[] AskerName, byte RelayFactor, TimeSpan Deadline);
}
