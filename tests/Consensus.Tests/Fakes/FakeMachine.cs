using System.Text;

namespace Consul.Fast.Consensus.Tests.Fakes;

/// <summary>A state machine that remembers every command as text and answers with it in upper case.</summary>
internal sealed class FakeMachine : IStateMachine
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, SortedDictionary<uint, byte[]>> _chunks = [];
    private List<string> _applied = [];

    public int Batches { get; private set; }

    public Exception? ApplyFault { get; set; }

    public IReadOnlyList<string> Applied { get { lock (_lock) return [.. _applied]; } }

    public void Apply(ReadOnlySpan<LogEntry> entries, Span<object?> results)
    {
        if (ApplyFault is { } fault) throw fault;
        lock (_lock)
        {
            Batches++;
            for (int i = 0; i < entries.Length; i++)
            {
                string text = Encoding.ASCII.GetString(entries[i].Data.Span);
                if (!entries[i].Extensions.IsEmpty)
                {
                    int? whole = Reassemble(entries[i]);
                    results[i] = Chunking.Incomplete;
                    if (whole is null) continue;
                    text = $"chunked {whole}";
                }

                _applied.Add(text);
                results[i] = text.ToUpperInvariant();
            }
        }
    }

    public IStateCapture Capture()
    {
        lock (_lock) return new State([.. _applied]);
    }

    public void Restore(Stream state)
    {
        using StreamReader reader = new(state, leaveOpen: true);
        string text = reader.ReadToEnd();
        if (text.StartsWith('!')) throw new InvalidDataException(text);
        lock (_lock) _applied = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private int? Reassemble(LogEntry entry)
    {
        Assert.True(Chunking.TryReadHeader(entry.Extensions.Span, out ChunkHeader header));
        if (!_chunks.TryGetValue(header.Operation, out SortedDictionary<uint, byte[]>? pieces)) _chunks[header.Operation] = pieces = [];
        pieces[header.Sequence] = entry.Data.ToArray();
        return pieces.Count == header.Count ? pieces.Values.Sum(p => p.Length) : null;
    }

    private sealed class State(List<string> applied) : IStateCapture
    {
        public void WriteTo(Stream output, CancellationToken cancellation) =>
            output.Write(Encoding.ASCII.GetBytes(string.Join('\n', applied)));
    }
}
