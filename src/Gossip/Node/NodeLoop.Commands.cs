using System.Text;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Serf;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Node;

// Commands of the owner, key queries of the pool, and the members that change without a notice.
internal sealed partial class NodeLoop
{
    private static readonly ReadOnlyMemory<byte> s_noKeyring = "No keyring to modify (encryption not enabled)"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> s_emptyKeyring = "Keyring is empty (encryption not enabled)"u8.ToArray();
    private const string JoinedTooLate = "Serf can't join after Leave or Shutdown";
    private readonly Dictionary<long, List<JoinFailure>> _joinFailures = [];
    private long _lastToken;

    public GossipCore Core => _core;

    public Snapshot? Snapshot => _snapshot;

    public (long Received, long Dropped, long Unsent) PacketCounts =>
        (_packetsReceived, _packetsDropped + _backlog.Dropped, _sender.Dropped);

    public long PacketsSent => _endpoint.Statistics.Sent;

    /// <summary>Completes when this node is in its own pool, before anything that others sent is looked at.</summary>
    public Task StartAsync()
    {
        Wake();
        return _entry.Task;
    }

    /// <summary>Runs a command of the core to its end.</summary>
    /// <param name="begin">Gets the token; false when no completion will follow.</param>
    public async Task<Completion> RunAsync(Func<long, bool> begin) => await await OnLoop(() => Begin(_commands, begin, default));

    /// <summary>Joins the addresses one after the other.</summary>
    public async Task<(Completion Done, IReadOnlyList<JoinFailure> Failures)> JoinAsync(JoinTarget[] targets, bool ignoreOld)
    {
        List<JoinFailure> failures = [];
        Completion done = await RunAsync(token =>
        {
            if (_core.State != PoolState.Alive)
            {
                failures.AddRange(targets.Select(static t => new JoinFailure(AddressForms.ToShownEndPoint(t.Address), JoinedTooLate)));
                return false;
            }

            _joinFailures.Add(token, failures);
            _core.Join(Now, targets, ignoreOld, token);
            return true;
        });
        return (done, failures);
    }

    public Task<PoolQuery?> QueryAsync(QueryRequest request) => OnLoop(() =>
    {
        if (!_core.TryQuery(Now, request, out QueryId id)) return null;
        PoolQuery query = new();
        _queries.Add(id, query);
        return query;
    });

    /// <summary>Null when the query is too large.</summary>
    public async Task<KeyCollection?> QueryKeysAsync(KeyOperation operation, ReadOnlyMemory<byte> key, byte relayFactor) =>
        await await OnLoop(() => Begin(_keyRuns, token => _core.TryQueryKeys(Now, operation, key, relayFactor, token), null));

    /// <param name="none">Result when nothing was begun.</param>
    private Task<T> Begin<T>(Dictionary<long, TaskCompletionSource<T>> runs, Func<long, bool> begin, T none)
    {
        long token = ++_lastToken;
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        runs.Add(token, done);
        bool isBegun = false;
        try
        {
            isBegun = begin(token);
        }
        finally
        {
            if (!isBegun) runs.Remove(token);
        }

        if (!isBegun) done.TrySetResult(none);
        return done.Task;
    }

    /// <summary>The core will complete nothing any more.</summary>
    private void CancelAll()
    {
        foreach (TaskCompletionSource<Completion> command in _commands.Values) command.TrySetCanceled();
        foreach (TaskCompletionSource<KeyCollection?> run in _keyRuns.Values) run.TrySetCanceled();
        foreach (PoolQuery query in _queries.Values) query.Done();
        _commands.Clear();
        _keyRuns.Clear();
        _queries.Clear();
    }

    private void AnswerKeyQueries()
    {
        while (_keyQueries.TryDequeue(out (QueryId Id, KeyOperation Operation, byte[] Key) query))
        {
            KeyResponse response = CarryOut(query.Operation, query.Key);
            _core.PacketOverhead = _wire.PacketOverhead;
            _core.RespondKey(Now, query.Id, response);
        }
    }

    private KeyResponse CarryOut(KeyOperation operation, byte[] key)
    {
        bool isList = operation == KeyOperation.List;
        if (_options.Keyring is not { IsEmpty: false } ring)
        {
            return new KeyResponse(false, isList ? s_emptyKeyring : s_noKeyring, default, default);
        }

        if (isList)
        {
            ReadOnlyMemory<byte>[] keys = [.. ring.Keys.Select(static k => (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes(k.ToBase64()))];
            return new KeyResponse(true, default, keys, keys[0]);
        }

        KeyringResult result = operation switch
        {
            KeyOperation.Install => ring.Add(key),
            KeyOperation.Use => ring.Use(key),
            _ => ring.Remove(key),
        };
        if (result == KeyringResult.Done) _options.KeyringChanged?.Invoke(ring);
        return new KeyResponse(result == KeyringResult.Done, Encoding.UTF8.GetBytes(Keyring.TextOf(result)), default, default);
    }

    private bool Enter()
    {
        _core.Start(Now);
        _snapshot?.NoteClocks(_core.Clocks);
        return true;
    }
}
