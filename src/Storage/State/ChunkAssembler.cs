using System.Diagnostics.CodeAnalysis;
using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.State;

/// <summary>
/// Joins commands that were too large for one log entry. The pieces of unfinished operations are part of the replicated
/// state.
/// </summary>
internal sealed class ChunkAssembler
{
    /// <summary>More pieces than any command can have; a header that asks for more is not believed.</summary>
    public const uint MaxChunks = 1 << 16;

    private readonly SortedDictionary<ulong, ChunkedOperation> _operations = [];
    private ulong _lastTerm;

    /// <summary>Unfinished operations, by number.</summary>
    public IReadOnlyCollection<KeyValuePair<ulong, ChunkedOperation>> Operations => _operations;

    /// <summary>Takes one piece.</summary>
    /// <returns>True when it was the last missing one: <paramref name="command"/> is the whole command then.</returns>
    public bool TryAdd(in ChunkInfo info, LogEntry entry, [NotNullWhen(true)] out byte[]? command)
    {
        command = null;
        if (entry.Term > _lastTerm)
        {
            // A proposer gives up and sends again when leadership changes; what it began never completes.
            _operations.Clear();
            _lastTerm = entry.Term;
        }

        if (!_operations.TryGetValue(info.Operation, out ChunkedOperation? operation))
        {
            operation = new ChunkedOperation(info.Count);
            _operations.Add(info.Operation, operation);
        }

        operation.Set(info.Sequence, new StoredChunk(entry.Term, entry.Data));
        if (!operation.IsComplete) return false;
        _operations.Remove(info.Operation);
        command = operation.Join();
        return true;
    }

    /// <summary>Replaces everything by the pieces of a snapshot.</summary>
    public void Restore(IEnumerable<KeyValuePair<ulong, ChunkedOperation>> operations)
    {
        _operations.Clear();
        _lastTerm = 0;
        foreach ((ulong number, ChunkedOperation operation) in operations)
        {
            _operations[number] = operation;
            foreach ((_, StoredChunk chunk) in operation.Chunks) _lastTerm = Math.Max(_lastTerm, chunk.Term);
        }
    }

    /// <summary>A copy that later pieces do not change.</summary>
    public List<KeyValuePair<ulong, ChunkedOperation>> Capture() =>
        [.. _operations.Select(static o => KeyValuePair.Create(o.Key, o.Value.Copy()))];
}

/// <summary>The pieces of one operation that have come so far.</summary>
internal sealed class ChunkedOperation(uint count)
{
    private readonly SortedDictionary<uint, StoredChunk> _chunks = [];

    public uint Count { get; } = count;

    public IReadOnlyDictionary<uint, StoredChunk> Chunks => _chunks;

    /// <summary>A piece without data counts as missing.</summary>
    public bool IsComplete => _chunks.Count == Count && _chunks.Values.All(static c => c.Data.Length > 0);

    public void Set(uint sequence, StoredChunk chunk)
    {
        if (sequence < Count) _chunks[sequence] = chunk;
    }

    public byte[] Join()
    {
        byte[] joined = new byte[_chunks.Values.Sum(static c => c.Data.Length)];
        int position = 0;
        foreach (StoredChunk chunk in _chunks.Values)
        {
            chunk.Data.CopyTo(joined.AsMemory(position));
            position += chunk.Data.Length;
        }

        return joined;
    }

    public ChunkedOperation Copy()
    {
        var copy = new ChunkedOperation(Count);
        foreach ((uint sequence, StoredChunk chunk) in _chunks) copy.Set(sequence, chunk);
        return copy;
    }
}

/// <param name="Term">Term of the entry it came in.</param>
/// <param name="Data">Its part of the command.</param>
internal readonly record struct StoredChunk(ulong Term, ReadOnlyMemory<byte> Data);
