namespace Consul.Fast.Net.Yamux;

/// <summary>
/// A first-in first-out list of streams through links inside them; a stream stands in at most one list of each kind. Not
/// thread safe; the session's gate guards it.
/// </summary>
/// <param name="timed">Which pair of links is used: that of the lists of deadlines or that of the lists of senders.</param>
internal sealed class StreamList(bool timed)
{
    private YamuxStream? _last;

    public YamuxStream? First { get; private set; }

    /// <summary>Puts a stream at the end, after taking it out of the list of the same kind it stands in.</summary>
    public void Append(YamuxStream stream)
    {
        ref StreamLink link = ref Link(stream);
        link.List?.Remove(stream);
        link.List = this;
        link.Previous = _last;
        if (_last is null) First = stream;
        else Link(_last).Next = stream;
        _last = stream;
    }

    /// <summary>Takes out a stream that stands in this list.</summary>
    public void Remove(YamuxStream stream)
    {
        ref StreamLink link = ref Link(stream);
        if (link.Previous is null) First = link.Next;
        else Link(link.Previous).Next = link.Next;
        if (link.Next is null) _last = link.Previous;
        else Link(link.Next).Previous = link.Previous;
        link = default;
    }

    private ref StreamLink Link(YamuxStream stream) => ref timed ? ref stream.TimedLink : ref stream.SendLink;
}

/// <summary>A stream's place in a <see cref="StreamList"/>.</summary>
internal struct StreamLink
{
    public StreamList? List;
    public YamuxStream? Next;
    public YamuxStream? Previous;
}
