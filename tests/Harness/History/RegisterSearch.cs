namespace Consul.Fast.Tests.Harness.History;

/// <summary>
/// Looks for an order of one register's operations that explains every answer: depth first, never looking twice at the same
/// operations done with the same value.
/// </summary>
internal sealed class RegisterSearch
{
    private readonly RegisterOperations _operations;
    private readonly Step[] _known;
    private readonly int _budget;
    private readonly HashSet<UInt128> _dead = [];

    // The operations not yet placed, in a ring by time of invocation whose head is the last element.
    private readonly int[] _next;
    private readonly int[] _previous;

    // Placed operations in order; ~n stands for one of the unknown changes number n.
    private readonly List<int> _placed = [];
    private readonly List<int> _choices = [];
    private readonly Stack<Frame> _frames = [];
    private readonly HashSet<int> _wanted = [];
    private int _value = RegisterOperations.Nothing;
    private UInt128 _hash;
    private int _left;

    /// <param name="history">Operations of one key by time of invocation.</param>
    public RegisterSearch(Operation[] history, int budget)
    {
        _operations = new RegisterOperations(history);
        _known = _operations.Known;
        _budget = budget;
        _left = _known.Length;
        _next = new int[_left + 1];
        _previous = new int[_left + 1];
        for (int i = 0; i <= _left; i++)
        {
            _next[i] = i == _left ? 0 : i + 1;
            _previous[i] = i == 0 ? _left : i - 1;
        }
    }

    /// <summary>Configurations looked at.</summary>
    public int Visited { get; private set; }

    public Verdict Run()
    {
        Enter(_value);
        while (_left > 0)
        {
            if (Visited > _budget) return Verdict.Undecided;
            if (!_frames.TryPop(out Frame frame)) return Verdict.Refused;
            if (frame.Next == frame.ChoicesEnd)
            {
                Undo(frame.PlacedBefore, frame.ValueBefore);
                _choices.RemoveRange(frame.ChoicesStart, frame.ChoicesEnd - frame.ChoicesStart);
                continue;
            }

            Undo(frame.PlacedAfter, frame.ValueAfter);
            _frames.Push(frame with { Next = frame.Next + 1 });
            int value = _value;
            int placed = _placed.Count;
            Place(_choices[frame.Next]);
            Enter(value, placed);
        }

        return Verdict.Linearizable;
    }

    /// <summary>Goes on from here: places what costs nothing and lists what may come next, nothing when this was seen before.</summary>
    private void Enter(int valueBefore, int placedBefore = 0)
    {
        PlaceFree();
        int start = _choices.Count;
        if (_left > 0 && _dead.Add(_hash ^ Mix(_value, uint.MaxValue)))
        {
            Visited++;
            ListChoices();
        }

        _frames.Push(new Frame(placedBefore, valueBefore, _placed.Count, _value, start, start, _choices.Count));
    }

    /// <summary>
    /// What may come now and changes no value anywhere may as well come now: an order in which it comes later stays good when
    /// it is moved to the front.
    /// </summary>
    private void PlaceFree()
    {
        int head = _known.Length;
        for (bool again = true; again;)
        {
            again = false;
            long firstReturn = long.MaxValue;
            for (int i = _next[head]; i != head && _known[i].Invoked <= firstReturn; i = _next[i])
            {
                if (_known[i].ChangesNothing && _known[i].IsPossible(_value))
                {
                    Place(i);
                    again = true;
                }
                else
                {
                    firstReturn = Math.Min(firstReturn, _known[i].Returned);
                }
            }
        }
    }

    private void ListChoices()
    {
        int head = _known.Length;
        _wanted.Clear();
        bool anyChange = false;
        long firstReturn = long.MaxValue;
        for (int i = _next[head]; i != head && _known[i].Invoked <= firstReturn; i = _next[i])
        {
            Step step = _known[i];
            firstReturn = Math.Min(firstReturn, step.Returned);
            if (step.IsPossible(_value)) _choices.Add(i);
            else if (step.Kind == OperationKind.Read) _wanted.Add(step.Value);
            else if (step.Succeeded) _wanted.Add(step.Expected);
            else anyChange = true;
        }

        ListUnknown(firstReturn, anyChange);
    }

    /// <summary>
    /// An unknown change makes sense only where the next operation needs what it brings, for in all other places it can be
    /// left out, or moved behind what does not need it.
    /// </summary>
    private void ListUnknown(long moment, bool anyChange)
    {
        if (_operations.Unknown.Count == 0) return;
        Queue<int> open = new(_wanted);
        while (open.TryDequeue(out int value))
        {
            foreach (UnknownChange change in _operations.UnknownTo(value))
            {
                // A chain of compare-and-sets may lead to the value.
                if (change.IsCompareAndSet && _wanted.Add(change.Expected)) open.Enqueue(change.Expected);
            }
        }

        for (int n = 0; n < _operations.Unknown.Count; n++)
        {
            UnknownChange change = _operations.Unknown[n];
            if (change.Value != _value && (anyChange || _wanted.Contains(change.Value)) && change.IsPossible(_value, moment)) _choices.Add(~n);
        }
    }

    private void Place(int operation)
    {
        _placed.Add(operation);
        if (operation < 0)
        {
            UnknownChange change = _operations.Unknown[~operation];
            _hash ^= Mix(operation, (uint)change.Used);
            change.Used++;
            _value = change.Value;
            return;
        }

        _next[_previous[operation]] = _next[operation];
        _previous[_next[operation]] = _previous[operation];
        _hash ^= Mix(operation, 0);
        _value = _known[operation].After(_value);
        _left--;
    }

    private void Undo(int count, int value)
    {
        for (int at = _placed.Count - 1; at >= count; at--)
        {
            int operation = _placed[at];
            if (operation < 0)
            {
                UnknownChange change = _operations.Unknown[~operation];
                change.Used--;
                _hash ^= Mix(operation, (uint)change.Used);
                continue;
            }

            _next[_previous[operation]] = operation;
            _previous[_next[operation]] = operation;
            _hash ^= Mix(operation, 0);
            _left++;
        }

        _placed.RemoveRange(count, _placed.Count - count);
        _value = value;
    }

    /// <summary>128 bits that belong to a pair of numbers.</summary>
    private static UInt128 Mix(int a, uint b)
    {
        ulong low = Scramble(((ulong)(uint)a << 32) | b);
        return new UInt128(Scramble(low ^ 0xd1b54a32d192ed03), low);
    }

    private static ulong Scramble(ulong mixed)
    {
        mixed += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    private readonly record struct Frame(
        int PlacedBefore, int ValueBefore, int PlacedAfter, int ValueAfter, int ChoicesStart, int Next, int ChoicesEnd);
}
