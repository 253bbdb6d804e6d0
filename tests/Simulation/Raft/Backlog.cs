using System.Diagnostics.CodeAnalysis;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// What waits for a machine that stands still. When it goes on, timers, messages and the ends of its own doings come in any order
/// among each other, and messages, which come by many connections, in any order at all; its own doings end as they began.
/// </summary>
internal sealed class Backlog(SeededRandom random)
{
    private readonly Queue<Action> _own = new();
    private readonly List<Action> _messages = [];
    private readonly Queue<Action> _ready = new();
    private Action? _tick;

    public void Keep(Action action) => _own.Enqueue(action);

    public void KeepMessage(Action action) => _messages.Add(action);

    public void KeepTick(Action action) => _tick = action;

    /// <summary>Decides on the order.</summary>
    public void Open()
    {
        bool tickFirst = random.Below(2) == 0;
        if (tickFirst) TakeTick();
        if (random.Below(2) == 0) Shuffle();
        bool ownFirst = random.Below(2) == 0;
        if (ownFirst) TakeOwn();
        foreach (Action message in _messages) _ready.Enqueue(message);
        _messages.Clear();
        if (!ownFirst) TakeOwn();
        if (!tickFirst) TakeTick();
    }

    public bool TryTake([NotNullWhen(true)] out Action? action) => _ready.TryDequeue(out action);

    public void Clear()
    {
        _own.Clear();
        _messages.Clear();
        _ready.Clear();
        _tick = null;
    }

    private void TakeTick()
    {
        if (_tick is not null) _ready.Enqueue(_tick);
        _tick = null;
    }

    private void TakeOwn()
    {
        while (_own.TryDequeue(out Action? action)) _ready.Enqueue(action);
    }

    private void Shuffle()
    {
        for (int i = _messages.Count - 1; i > 0; i--)
        {
            int other = (int)random.Below((ulong)i + 1);
            (_messages[i], _messages[other]) = (_messages[other], _messages[i]);
        }
    }
}
