using System.Text;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Serf;

internal sealed partial class SerfCore
{
    private readonly List<RunningQuery> _running = [];

    /// <summary>Asks the pool, this node included.</summary>
    /// <returns>False when the encoded query is larger than allowed.</returns>
    public bool TryQuery(in QueryRequest request, out QueryId id) =>
        TryQuery(request, QueryPurpose.Application, null, 0, out id);

    /// <summary>Runs a key operation on every member; the result comes as <see cref="IGossipOutput.KeysCollected"/>.</summary>
    /// <returns>False when the encoded query is larger than allowed.</returns>
    public bool TryQueryKeys(KeyOperation operation, ReadOnlyMemory<byte> key, byte relayFactor, long token)
    {
        byte[] name = (operation switch
        {
            KeyOperation.Install => InstallKeyQuery,
            KeyOperation.Use => UseKeyQuery,
            KeyOperation.Remove => RemoveKeyQuery,
            _ => ListKeysQuery,
        }).ToArray();
        _context.Scratch.ResetWrittenCount();
        _context.Codec.Encode(new KeyRequest(key), _context.Scratch);
        QueryRequest request = new(name, _context.Scratch.WrittenSpan.ToArray(), default, WantsAck: false, relayFactor, default);
        return TryQuery(request, QueryPurpose.Keys, new KeyCollection { Nodes = Swim.CountAlive() }, token, out _);
    }

    public void OnQueryResponse(in QueryResponse response)
    {
        RunningQuery? query = FindRunning(response.LTime);
        if (query is null || query.Id.Id != response.Id)
        {
            _context.Warn(WarningKind.StrayResponse, response.From);
            return;
        }

        if (query.Deadline < _context.Now) return;
        bool isAck = (response.Flags & QueryFlags.Ack) != 0;
        if (isAck ? !query.TryAck(response.From.Span) : !query.TryAnswer(response.From.Span)) return;
        if (isAck)
        {
            if (query.Purpose == QueryPurpose.Application) _context.Output.QueryAck(query.Id, response.From);
            return;
        }

        switch (query.Purpose)
        {
            case QueryPurpose.Keys:
                Collect(query, response);
                break;
            case QueryPurpose.Conflict:
                Count(query, response);
                break;
            default:
                _context.Output.QueryAnswer(query.Id, response.From, response.Payload);
                break;
        }
    }

    /// <summary>Queries whose time is over are closed.</summary>
    public void OnQueryTimeout()
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            RunningQuery query = _running[i];
            if (query.Deadline > _context.Now) continue;
            _running.RemoveAt(i);
            Conclude(query);
        }
    }

    private bool TryQuery(in QueryRequest request, QueryPurpose purpose, KeyCollection? keys, long token, out QueryId id)
    {
        TimeSpan timeout = request.Timeout > TimeSpan.Zero
            ? request.Timeout
            : Formulas.QueryTimeout(_context.Swim.GossipInterval, _context.Serf.QueryTimeoutMult, Swim.CountAlive());
        id = new QueryId(_queryClock.Time, (uint)(_context.Random.NextUInt64() >> 33));
        Query query = new(
            id.LTime, id.Id, _context.Settings.Address, _context.Name, request.Filters,
            request.WantsAck ? QueryFlags.Ack : QueryFlags.None, request.RelayFactor, timeout, request.Name, request.Payload);
        _context.Scratch.ResetWrittenCount();
        _context.Codec.Encode(query, _context.Scratch);
        if (_context.Scratch.WrittenCount > _context.Serf.QueryBytesMax) return false;
        byte[] raw = _context.Scratch.WrittenSpan.ToArray();
        RunningQuery running = new(id, purpose, _context.Now + timeout) { Keys = keys, Token = token };
        _context.Timers.Add(running.Deadline, TimerKind.Query);
        _running.Add(running);
        Apply(query);
        _outbox.Announce(_outbox.Queries, raw);
        return true;
    }

    private RunningQuery? FindRunning(ulong ltime)
    {
        foreach (RunningQuery query in _running)
        {
            if (query.Id.LTime == ltime) return query;
        }

        return null;
    }

    private void Collect(RunningQuery query, in QueryResponse response)
    {
        KeyCollection keys = query.Keys!;
        keys.Answers++;
        string from = Encoding.UTF8.GetString(response.From.Span);
        if (!_context.Codec.TryDecode(response.Payload, out KeyResponse answer))
        {
            keys.Errors++;
            keys.Messages[from] = "Failed to decode key query response";
        }
        else
        {
            if (!answer.Result) keys.Errors++;
            if (!answer.Result || answer.Message.Length > 0) keys.Messages[from] = Encoding.UTF8.GetString(answer.Message.Span);
            foreach (ReadOnlyMemory<byte> key in answer.Keys.Span) Increment(keys.Keys, key);
            // Who names none is counted as well, under the empty text.
            Increment(keys.PrimaryKeys, answer.PrimaryKey);
        }

        if (keys.Answers < keys.Nodes) return;
        _running.Remove(query);
        Conclude(query);
    }

    private static void Increment(SortedDictionary<string, int> counts, ReadOnlyMemory<byte> key)
    {
        string text = Encoding.UTF8.GetString(key.Span);
        counts[text] = counts.GetValueOrDefault(text) + 1;
    }

    private void Conclude(RunningQuery query)
    {
        switch (query.Purpose)
        {
            case QueryPurpose.Keys:
                _context.Output.KeysCollected(query.Token, query.Keys!);
                break;
            case QueryPurpose.Conflict:
                if (query.ConflictMatches < (query.ConflictAnswers / 2) + 1) _context.Output.NameConflictLost();
                break;
            default:
                _context.Output.QueryDone(query.Id);
                break;
        }
    }

    /// <summary>Asks the pool whom it knows under our name; who is in the minority has to go.</summary>
    private void ResolveConflict()
    {
        // One vote at a time: the claims keep coming while it runs.
        if (_running.Exists(static query => query.Purpose == QueryPurpose.Conflict)) return;
        QueryRequest request = new(ConflictQuery.ToArray(), _context.Name, default, WantsAck: false, RelayFactor: 0, default);
        TryQuery(request, QueryPurpose.Conflict, null, 0, out _);
    }

    private void Count(RunningQuery query, in QueryResponse response)
    {
        if (!_context.Codec.TryDecode(response.Payload, out ConflictResponse answer)) return;
        query.ConflictAnswers++;
        GossipAddress own = _context.Settings.Address;
        if (answer.IsKnown && answer.Addr.IsSamePlace(own)) query.ConflictMatches++;
    }
}
