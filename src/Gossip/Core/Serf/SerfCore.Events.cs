using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Serf;

internal enum FireResult
{
    Fired,

    /// <summary>Name and payload together are larger than allowed.</summary>
    TooLarge,

    /// <summary>The message with its framing is.</summary>
    EncodedTooLarge,
}

internal sealed partial class SerfCore
{
    /// <summary>Tells everybody, this node included.</summary>
    /// <param name="ltime">Lamport time of the event when it was fired.</param>
    public FireResult FireEvent(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> payload, bool canCoalesce, out ulong ltime)
    {
        ltime = 0;
        if (name.Length + payload.Length > _context.Serf.UserEventBytesMax) return FireResult.TooLarge;
        UserEvent message = new(_eventClock.Time, name, payload, canCoalesce);
        _context.Scratch.ResetWrittenCount();
        _context.Codec.Encode(message, _context.Scratch);
        if (_context.Scratch.WrittenCount > _context.Serf.UserEventBytesMax) return FireResult.EncodedTooLarge;
        byte[] raw = _context.Scratch.WrittenSpan.ToArray();
        ltime = message.LTime;
        _eventClock.Increment();
        Apply(message);
        _outbox.Announce(_outbox.Events, raw);
        return FireResult.Fired;
    }

    /// <param name="raw">The message as received, to be passed on when it is news.</param>
    public void OnUserEvent(in UserEvent message, ReadOnlyMemory<byte> raw)
    {
        if (Apply(message)) _outbox.Announce(_outbox.Events, raw.ToArray());
    }

    /// <returns>True when it was news.</returns>
    private bool Apply(in UserEvent message)
    {
        _eventClock.Witness(message.LTime);
        if (message.LTime < _eventMinTime || IsTooOld(message.LTime, _eventClock.Time, _events.Size)) return false;
        if (!_events.TryAdd(message, out BufferedEvent kept)) return false;
        _context.Output.UserEvent(new UserEvent(message.LTime, kept.Name, kept.Payload, message.CC));
        return true;
    }

    private static bool IsTooOld(ulong ltime, ulong now, ulong window) => now > window && ltime < now - window;
}
