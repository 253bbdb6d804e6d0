using System.Text;

namespace Consul.Fast.Consensus.Tests.Fakes;

/// <summary>A state machine that remembers every command as text and answers with it in upper case.</summary>
internal sealed class FakeMachine : IStateMachine
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _chunks = [];
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
                    if (Reassemble(entries[i]) is { } whole) results[i] = new ChunkedResult($"CHUNKED {whole}");
                    continue;
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

    public void Revert(IStateCapture capture)
    {
        lock (_lock) _applied = [.. ((State)capture).Applied];
    }

    /// <summary>Length of the whole command once all its pieces are there. One command at a time.</summary>
    private int? Reassemble(LogEntry entry)
    {
        _chunks.Add(entry);
        if (_chunks.Count < entry.Extensions.Span[^1]) return null;
        int length = _chunks.Sum(c => c.Data.Length);
        _chunks.Clear();
        return length;
    }

    private sealed class State(List<string> applied) : IStateCapture
    {
        public IReadOnlyList<string> Applied => applied;

        public void WriteTo(Stream output, CancellationToken cancellation) =>
            output.Write(Encoding.ASCII.GetBytes(string.Join('\n', applied)));
    }
}
