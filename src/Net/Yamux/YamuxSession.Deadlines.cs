namespace Consul.Fast.Net.Yamux;

/// <content>All waiting with a limit, on one timer entry: pings, hanging writes, streams that open or close too slowly.</content>
public sealed partial class YamuxSession
{
    private readonly YamuxTimer _timer;

    /// <summary>Announced streams without an answer, the oldest first.</summary>
    private readonly StreamList _opening = new(timed: true);

    /// <summary>Streams we have closed and the peer has not, the oldest first.</summary>
    private readonly StreamList _closing = new(timed: true);

    private long _timerDue = long.MaxValue;
    private long _pingDue = long.MaxValue;
    private long _pongDue = long.MaxValue;
    private long _writeDue = long.MaxValue;
    private uint _pingNumber;

    /// <summary>Called on the thread pool when the earliest deadline may have passed.</summary>
    internal void OnDeadline()
    {
        string? fault;
        bool claimed = false;
        YamuxStream? late = null;
        uint lateId = 0;
        do
        {
            lock (Gate)
            {
                if (_ended) return;
                long now = Now;
                fault = OverdueLocked(now);
                if (fault is null)
                {
                    late = TakeLateLocked(now);
                    lateId = late?.Id ?? 0;
                    if (late is null)
                    {
                        PingLocked(now);
                        _timerDue = long.MaxValue;
                        Arm(NextDueLocked());
                    }

                    claimed |= HasWork && ClaimWriter();
                }
            }

            late?.Reader.Abandon(lateId);
        }
        while (late is not null && fault is null);

        if (fault is not null) Overdue(fault);
        if (claimed) Pump();
    }

    private long Now => _timers.Time.GetTimestamp();

    private void StartKeepAlive()
    {
        lock (Gate)
        {
            if (_ended || _settings.KeepAliveInterval <= TimeSpan.Zero) return;
            _pingDue = Now + Stamps(_settings.KeepAliveInterval);
            Arm(_pingDue);
        }
    }

    private long Stamps(TimeSpan span) => (long)(span.TotalSeconds * _timers.Time.TimestampFrequency);

    /// <summary>The first deadline that was missed, as the text the session ends with.</summary>
    private string? OverdueLocked(long now)
    {
        if (now >= _pongDue) return "keepalive timeout";
        if (now >= Volatile.Read(ref _writeDue)) return "connection write timeout";
        return _opening.First is { } stream && now >= stream.Deadline ? "stream open timeout" : null;
    }

    private void Overdue(string text)
    {
        YamuxLog.Overdue(_logger, _peer, text);
        End(text);
    }

    /// <summary>A stream the peer has not closed in time: forgotten here, reset there.</summary>
    private YamuxStream? TakeLateLocked(long now)
    {
        if (_closing.First is not { } stream || now < stream.Deadline) return null;
        YamuxLog.CloseTimeout(_logger, _peer, stream.Id);
        QueueReset(stream.Id);
        Fail(stream, YamuxStream.StreamClosed);
        return stream;
    }

    private void PingLocked(long now)
    {
        if (now < _pingDue) return;
        _pingDue = long.MaxValue;
        _pongDue = now + Stamps(_settings.WriteTimeout);
        QueueControl(new FrameHeader(FrameType.Ping, FrameFlags.Syn, 0, _pingNumber));
    }

    /// <summary>A reply with another number is not the one waited for and means nothing.</summary>
    private void PingAnsweredLocked(uint number)
    {
        if (_pongDue == long.MaxValue || number != _pingNumber) return;
        _pingNumber++;
        _pongDue = long.MaxValue;
        _pingDue = Now + Stamps(_settings.KeepAliveInterval);
        Arm(_pingDue);
    }

    private long NextDueLocked()
    {
        long due = Math.Min(Math.Min(_pingDue, _pongDue), Volatile.Read(ref _writeDue));
        if (_opening.First is { } opening) due = Math.Min(due, opening.Deadline);
        if (_closing.First is { } closing) due = Math.Min(due, closing.Deadline);
        return due;
    }

    private void SetDeadline(YamuxStream stream, StreamList list, TimeSpan limit)
    {
        if (limit <= TimeSpan.Zero)
        {
            stream.TimedLink.List?.Remove(stream);
            return;
        }

        stream.Deadline = Now + Stamps(limit);
        list.Append(stream);
        Arm(stream.Deadline);
    }

    /// <summary>Only a write that does not complete at once gets here, and only the first within a limit moves the timer.</summary>
    private void StartWriteDeadline()
    {
        long due = Now + Stamps(_settings.WriteTimeout);
        Volatile.Write(ref _writeDue, due);
        if (due >= Volatile.Read(ref _timerDue)) return;
        lock (Gate) Arm(due);
    }

    private void Arm(long due)
    {
        if (due >= _timerDue || _ended) return;
        _timerDue = due;
        _timers.Schedule(_timer, TimeSpan.FromSeconds((due - Now) / (double)_timers.Time.TimestampFrequency));
    }
}
