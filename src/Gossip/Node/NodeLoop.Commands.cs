using System.Collections.Immutable;
using System.Text;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Serf;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Node;

// Commands of the owner, key queries of the pool, and the members that change without a notice.
internal sealed partial class NodeLoop
{
    private static readonly ReadOnlyMemory<byte> s_noKeyring = "No keyring to modify (encryption not enabled)"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> s_emptyKeyring = "Keyring is empty (encryption not enabled)"u8.ToArray();
    private long _lastToken;

    public GossipCore Core => _core;

    public Snapshot? Snapshot => _snapshot;

    public long EventsDropped => Interlocked.Read(ref _eventsDropped);

    public (long Received, long Dropped, long Unsent) PacketCounts => (_packetsReceived, _packetsDropped, _sender.Dropped);

    public void Start()
    {
        _core.Start(Now);
        _snapshot?.NoteClocks(_core.Clocks);
    }

    /// <summary>Starts a command on the loop.</summary>
    /// <param name="begin">Gets the token; false when no completion will follow.</param>
    public async Task<Completion> RunAsync(Func<long, bool> begin)
    {
        var done = new TaskCompletionSource<Completion>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            long token = ++_lastToken;
            _commands.Add(token, done);
            if (!begin(token) && _commands.Remove(token)) done.SetResult(default);
            RefreshAll();
        });
        return await done.Task.WaitAsync(_stop.Token);
    }

    public Task<PoolQuery?> QueryAsync(QueryRequest request) => OnLoop(() =>
    {
        if (!_core.TryQuery(Now, request, out QueryId id)) return null;
        PoolQuery query = new();
        _queries.Add(id, query);
        return query;
    });

    public async Task<KeyCollection?> QueryKeysAsync(KeyOperation operation, ReadOnlyMemory<byte> key, byte relayFactor)
    {
        var done = new TaskCompletionSource<KeyCollection>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool begun = await OnLoop(() =>
        {
            long token = ++_lastToken;
            _keyRuns.Add(token, done);
            bool isBegun = _core.TryQueryKeys(Now, operation, key, relayFactor, token);
            if (!isBegun) _keyRuns.Remove(token);
            return isBegun;
        });
        return begun ? await done.Task.WaitAsync(_stop.Token) : null;
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
        if (_options.Keyring is not { IsEmpty: false } ring) return new KeyResponse(false, isList ? s_emptyKeyring : s_noKeyring, default, default);
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

    /// <summary>Intents change the status of a member without an event; readers still see it.</summary>
    private void Refresh(ReadOnlyMemory<byte> name)
    {
        int slot = _core.FindMember(name.Span);
        if (slot >= 0 && _core.TryGetMember(slot, out MemberView view)) Refresh(view);
    }

    private void RefreshAll()
    {
        for (int slot = 0; slot < _core.MemberSlots; slot++)
        {
            if (_core.TryGetMember(slot, out MemberView view)) Refresh(view);
        }
    }

    private void Refresh(in MemberView view)
    {
        ImmutableDictionary<string, Member> members = Members;
        if (members.TryGetValue(Text(view.Name), out Member? known) && known.Status != view.Status)
        {
            Members = members.SetItem(known.Name, known with { Status = view.Status });
        }
    }
}
