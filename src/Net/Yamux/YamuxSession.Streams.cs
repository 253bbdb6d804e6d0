namespace Consul.Fast.Net.Yamux;

/// <content>Opening, accepting, closing and forgetting streams. Methods that end in Locked need the gate.</content>
public sealed partial class YamuxSession
{
    /// <summary>
    /// Opens a stream without waiting. The peer hears of it with the first flush. False when the session is over, the peer
    /// accepts no more, ids are used up (see <see cref="OpenFailure"/>), or 256 streams are unacknowledged.
    /// </summary>
    public bool TryOpenStream(out YamuxStream? stream)
    {
        lock (Gate) stream = OpenLocked();
        return stream is not null;
    }

    /// <summary>Like <see cref="TryOpenStream"/>, but waits while too many are unacknowledged; null for the other reasons.</summary>
    public ValueTask<YamuxStream?> OpenStreamAsync(CancellationToken cancellation) =>
        TryOpenStream(out YamuxStream? stream) || OpenFailure is not null
            ? new ValueTask<YamuxStream?>(stream)
            : WaitAndOpenAsync(cancellation);

    internal void CloseStream(YamuxStream stream)
    {
        bool claimed;
        bool gone;
        uint id = stream.Id;
        lock (Gate)
        {
            if (stream.IsRemoved || stream.IsFinQueued) return;
            gone = CloseLocked(stream);
            claimed = ClaimWriter();
        }

        if (gone) stream.Reader.End(id);
        if (claimed) Pump();
    }

    internal void ResetStream(YamuxStream stream, uint id, string failure)
    {
        bool claimed;
        lock (Gate)
        {
            if (stream.IsRemoved || stream.Id != id) return;
            if (!stream.IsSynPending) QueueReset(id);
            Fail(stream, failure);
            claimed = ClaimWriter();
        }

        stream.Reader.Abandon(id);
        if (claimed) Pump();
    }

    internal void ReleaseStream(YamuxStream stream)
    {
        bool claimed;
        stream.Writer.Pending.Clear();
        stream.Reader.Complete();
        lock (Gate)
        {
            if (stream.IsReleased) return;
            stream.IsReleased = true;
            if (stream.IsRemoved) Recycle(stream);
            else if (!stream.IsFinQueued) CloseLocked(stream);
            claimed = ClaimWriter();
        }

        if (claimed) Pump();
    }

    private async ValueTask<YamuxStream?> WaitAndOpenAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (Gate)
            {
                if (OpenLocked() is { } stream) return stream;
                if (OpenFailure is not null) return null;
                _openWait ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _openWait.Task;
            }

            await wait.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private YamuxStream? OpenLocked()
    {
        if (OpenFailure is not null || _unacknowledged >= _settings.AcceptBacklog) return null;

        // The receiver of a SYN does not check who may use which ids, so the peer may have taken one of ours.
        while (_nextId < IdMax && _table.Find(_nextId) is not null) _nextId += 2;
        if (_nextId >= IdMax) return null;
        YamuxStream stream = RentStream();
        stream.Start(_nextId, inbound: false);
        _nextId += 2;
        _table.Add(stream.Id, stream);
        _unacknowledged++;
        return stream;
    }

    /// <summary>A SYN came. Returns the text of a protocol error, or null; the stream is null when it was refused.</summary>
    private string? AdmitLocked(uint id, out YamuxStream? stream)
    {
        stream = null;
        if (_localGoAway)
        {
            QueueReset(id);
            return null;
        }

        if (_table.Find(id) is not null) return "duplicate stream initiated";
        if (_acceptor is null || _inbound >= _settings.MaxStreams)
        {
            QueueReset(id);
            if (!_limitLogged) YamuxLog.StreamRefused(_logger, _peer, id, _acceptor is null ? "none are accepted" : "too many are open");
            _limitLogged = true;
            return null;
        }

        stream = RentStream();
        stream.Start(id, inbound: true);
        _table.Add(id, stream);
        _inbound++;
        QueueControl(new FrameHeader(FrameType.WindowUpdate, FrameFlags.Ack, id, 0));
        return null;
    }

    /// <summary>Queues the end of our direction. True when the peer never heard of the stream, which then is gone.</summary>
    private bool CloseLocked(YamuxStream stream)
    {
        stream.IsFinQueued = true;
        if (stream.IsSynPending && stream.Queued.IsEmpty)
        {
            // Consul's server closes the whole connection for a stream without a byte, so it had better not see one.
            stream.Failure = YamuxStream.StreamClosed;
            Remove(stream);
            return true;
        }

        SetDeadline(stream, _closing, _settings.StreamCloseTimeout);
        MakeReady(stream);
        return false;
    }

    private void AcknowledgeLocked(YamuxStream stream)
    {
        if (!stream.IsUnacknowledged) return;
        stream.IsUnacknowledged = false;
        _unacknowledged--;
        if (stream.TimedLink.List == _opening) _opening.Remove(stream);
        if (_openWait is null) return;
        _openWait.TrySetResult();
        _openWait = null;
    }

    /// <summary>
    /// Removes a stream that ends other than by closing, and wakes its writer. The caller wakes the reader, without the gate.
    /// </summary>
    private void Fail(YamuxStream stream, string failure)
    {
        stream.Failure = failure;
        Remove(stream);
    }

    /// <summary>Forgets an id: later frames for it find nothing.</summary>
    private void Remove(YamuxStream stream)
    {
        _table.Remove(stream.Id);
        AcknowledgeLocked(stream);
        stream.SendLink.List?.Remove(stream);
        stream.TimedLink.List?.Remove(stream);
        _queuedBytes -= stream.Queued.Length;
        stream.Queued.Clear();
        stream.IsRemoved = true;
        stream.Writer.Wake(s_over);
        if (stream.IsReleased) Recycle(stream);
    }

    private YamuxStream RentStream()
    {
        if (_spare is not { } stream) return new YamuxStream(this, _pool);
        _spare = stream.NextSpare;
        stream.NextSpare = null;
        _spares--;
        return stream;
    }

    /// <summary>
    /// A stream that is removed and released. Only here a peer gets its place back: resetting does not end the owner's work.
    /// </summary>
    private void Recycle(YamuxStream stream)
    {
        if (stream.IsInbound) _inbound--;
        stream.Reader.Recycle();
        if (_ended || _spares == SpareMax) return;
        stream.NextSpare = _spare;
        _spare = stream;
        _spares++;
    }
}
