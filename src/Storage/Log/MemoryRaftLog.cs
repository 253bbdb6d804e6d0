using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Log;

/// <summary>A Raft log that lives as long as the process: development mode, and tests.</summary>
public sealed class MemoryRaftLog : ILogStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, LogEntry> _entries = [];

    public ulong FirstIndex { get; private set; }

    public ulong LastIndex { get; private set; }

    public HardState HardState { get; private set; } = new(0, 0, "");

    public void Append(ReadOnlySpan<LogEntry> entries)
    {
        lock (_gate)
        {
            foreach (LogEntry entry in entries)
            {
                for (ulong index = entry.Index; index <= LastIndex; index++) _entries.Remove(index);
                _entries[entry.Index] = entry;
                if (FirstIndex == 0 || entry.Index < FirstIndex) FirstIndex = entry.Index;
                LastIndex = entry.Index;
            }
        }
    }

    public void SetHardState(HardState state) => HardState = state;

    public void Sync()
    {
        // Nothing outlives the process, so there is nothing to make durable.
    }

    public bool TryRead(ulong index, out LogEntry entry)
    {
        lock (_gate) return _entries.TryGetValue(index, out entry!);
    }

    public void TruncateHead(ulong index)
    {
        lock (_gate)
        {
            if (FirstIndex == 0) return;
            for (; FirstIndex <= index && FirstIndex <= LastIndex; FirstIndex++) _entries.Remove(FirstIndex);
            if (FirstIndex > LastIndex) Clear();
        }
    }

    public void Reset()
    {
        lock (_gate) Clear();
    }

    public void Dispose()
    {
        // Holds nothing but memory.
    }

    private void Clear()
    {
        _entries.Clear();
        FirstIndex = 0;
        LastIndex = 0;
    }
}
