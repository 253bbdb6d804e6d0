using System.Buffers.Binary;
using Consul.Fast.Consensus;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// The replicated state: a few registers for the clients, and a number that depends on every command and its place, so that two
/// servers that applied different things differ for ever.
/// </summary>
internal sealed class SimMachine : IStateMachine
{
    public const int Registers = 3;

    private readonly ulong[] _values = new ulong[Registers];

    public ulong State { get; private set; }

    /// <summary>Value of a register; 0 is what nobody has written.</summary>
    public ulong this[int register] => _values[register];

    public void Apply(ReadOnlySpan<LogEntry> entries, Span<object?> results)
    {
        for (int i = 0; i < entries.Length; i++) results[i] = Apply(entries[i]);
    }

    public byte[] Save() => Save(State, _values);

    public static byte[] Save(ulong number, ulong[] values)
    {
        byte[] state = new byte[8 * (Registers + 1)];
        BinaryPrimitives.WriteUInt64LittleEndian(state, number);
        for (int i = 0; i < Registers; i++) BinaryPrimitives.WriteUInt64LittleEndian(state.AsSpan(8 * (i + 1)), values[i]);
        return state;
    }

    public void Restore(Stream state)
    {
        byte[] saved = new byte[8 * (Registers + 1)];
        state.ReadExactly(saved);
        State = BinaryPrimitives.ReadUInt64LittleEndian(saved);
        for (int i = 0; i < Registers; i++) _values[i] = BinaryPrimitives.ReadUInt64LittleEndian(saved.AsSpan(8 * (i + 1)));
    }

    public IStateCapture Capture() => new SavedState(Save());

    public void Revert(IStateCapture capture)
    {
        using MemoryStream stream = new(((SavedState)capture).State);
        Restore(stream);
    }

    private bool Apply(LogEntry entry)
    {
        SimCommand command = SimCommand.Decode(entry.Data.Span);
        State = (State ^ command.Value ^ (entry.Index << 32) ^ entry.Term) * 0x9e3779b97f4a7c15;
        bool applies = command.Expected is not { } expected || _values[command.Register] == expected;
        if (applies) _values[command.Register] = command.Value;
        return applies;
    }

    private sealed class SavedState(byte[] state) : IStateCapture
    {
        public byte[] State => state;

        public void WriteTo(Stream output, CancellationToken cancellation) => output.Write(state);
    }
}

/// <param name="Expected">The value that the register must hold for the command to apply; null for any.</param>
internal readonly record struct SimCommand(int Register, ulong Value, ulong? Expected)
{
    private const int Size = 18;

    public byte[] Encode()
    {
        byte[] encoded = new byte[Size];
        encoded[0] = (byte)Register;
        encoded[1] = Expected is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt64LittleEndian(encoded.AsSpan(2), Value);
        BinaryPrimitives.WriteUInt64LittleEndian(encoded.AsSpan(10), Expected ?? 0);
        return encoded;
    }

    public static SimCommand Decode(ReadOnlySpan<byte> encoded)
    {
        ulong expected = BinaryPrimitives.ReadUInt64LittleEndian(encoded[10..]);
        return new SimCommand(encoded[0], BinaryPrimitives.ReadUInt64LittleEndian(encoded[2..]), encoded[1] == 0 ? null : expected);
    }
}
