namespace Consul.Fast.Consensus.Core;

/// <summary>
/// The term of every log entry, kept as the few places where the term changes. Immutable, so that a durable and a newer
/// picture of the log share it. It knows nothing of the log's ends: the caller asks only for indexes inside.
/// </summary>
internal sealed class TermSpans
{
    public static readonly TermSpans Empty = new([], []);

    private readonly ulong[] _starts;
    private readonly ulong[] _terms;

    private TermSpans(ulong[] starts, ulong[] terms)
    {
        _starts = starts;
        _terms = terms;
    }

    /// <summary>Number of terms in the log.</summary>
    public int Count => _starts.Length;

    /// <summary>Term of the entry at <paramref name="index"/>; 0 before the first span.</summary>
    public ulong TermAt(ulong index)
    {
        for (int i = _starts.Length - 1; i >= 0; i--)
        {
            if (_starts[i] <= index) return _terms[i];
        }

        return 0;
    }

    /// <summary>Where the span of the entry at <paramref name="index"/> begins; 0 before the first span.</summary>
    public ulong StartOf(ulong index)
    {
        for (int i = _starts.Length - 1; i >= 0; i--)
        {
            if (_starts[i] <= index) return _starts[i];
        }

        return 0;
    }

    /// <summary>Adds the entry after the last one; the same object when its term is not new.</summary>
    public TermSpans With(ulong index, ulong term)
    {
        if (_terms.Length > 0 && _terms[^1] == term) return this;
        return new TermSpans([.. _starts, index], [.. _terms, term]);
    }

    /// <summary>Forgets the entries from <paramref name="index"/> on.</summary>
    public TermSpans CutFrom(ulong index)
    {
        int keep = _starts.Length;
        while (keep > 0 && _starts[keep - 1] >= index) keep--;
        return keep == _starts.Length ? this : new TermSpans(_starts[..keep], _terms[..keep]);
    }

    /// <summary>Forgets the entries below <paramref name="index"/>.</summary>
    public TermSpans CutBefore(ulong index)
    {
        int drop = 0;
        while (drop + 1 < _starts.Length && _starts[drop + 1] <= index) drop++;
        return drop == 0 ? this : new TermSpans(_starts[drop..], _terms[drop..]);
    }
}
