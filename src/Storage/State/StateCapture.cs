using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.State;

/// <summary>One version of everything that a snapshot holds.</summary>
internal sealed class StateCapture(
    StateTables tables, ForeignRecords foreign, IReadOnlyList<KeyValuePair<ulong, ChunkedOperation>> chunks) : IStateCapture
{
    public StateTables Tables => tables;

    public ForeignRecords Foreign => foreign;

    public IReadOnlyList<KeyValuePair<ulong, ChunkedOperation>> Chunks => chunks;

    public void WriteTo(Stream output, CancellationToken cancellation) =>
        new SnapshotWriter(output, cancellation).Write(tables, foreign, chunks);
}
