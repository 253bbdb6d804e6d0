using System.Buffers.Binary;
using Consul.Fast.Consensus;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>A state machine whose state is one number that depends on every command and its place.</summary>
internal sealed class SimMachine : IStateMachine
{
    public ulong State { get; private set; }

    public void Apply(ReadOnlySpan<LogEntry> entries, Span<object?> results)
    {
        foreach (LogEntry entry in entries)
        {
            ulong data = BinaryPrimitives.ReadUInt64LittleEndian(entry.Data.Span);
            State = (State ^ data ^ (entry.Index << 32) ^ entry.Term) * 0x9e3779b97f4a7c15;
        }
    }

    public byte[] Save()
    {
        byte[] state = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(state, State);
        return state;
    }

    public void Restore(Stream state)
    {
        byte[] saved = new byte[8];
        state.ReadExactly(saved);
        State = BinaryPrimitives.ReadUInt64LittleEndian(saved);
    }

    public void Revert(IStateCapture capture) => throw new NotSupportedException("the state is saved whole");

    public IStateCapture Capture() => throw new NotSupportedException("the state is saved whole");
}
