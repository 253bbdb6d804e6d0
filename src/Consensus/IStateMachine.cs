namespace Consul.Fast.Consensus;

/// <summary>The replicated state machine. All members are called by one loop, never two at once.</summary>
public interface IStateMachine
{
    /// <summary>
    /// Applies committed entries in order and publishes the new state once, after the last of them. For every command
    /// entry the result (null, a value, or an <see cref="ApplyError"/>) goes to the same position of
    /// <paramref name="results"/>; entries of other types are not passed. A piece of a split command gives
    /// null while others are missing, the piece that completes it a <see cref="ChunkedResult"/>.
    /// </summary>
    void Apply(ReadOnlySpan<LogEntry> entries, Span<object?> results);

    /// <summary>Keeps hold of the present state for a snapshot: constant time, no copy.</summary>
    IStateCapture Capture();

    /// <summary>Replaces the whole state by a state stream. On failure the old state stays.</summary>
    /// <exception cref="InvalidDataException">The stream is damaged; the message says where.</exception>
    void Restore(Stream state);

    /// <summary>Goes back to a state that <see cref="Capture"/> of this machine returned: constant time.</summary>
    void Revert(IStateCapture capture);
}

/// <summary>An immutable state that can be written while newer entries are applied.</summary>
public interface IStateCapture
{
    /// <summary>Writes the state stream. May run on any thread, concurrently with everything else.</summary>
    void WriteTo(Stream output, CancellationToken cancellation);
}

/// <summary>A command that was applied as "no change" because of its content; every replica gives the same text.</summary>
public sealed record ApplyError(string Message);
