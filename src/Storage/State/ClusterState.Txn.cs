using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Storage.State;

/// <summary>Transactions of reads.</summary>
public sealed partial class ClusterState
{
    /// <summary>
    /// Runs a transaction against this state as it would run from the log. The caller passes reading verbs only: whatever
    /// others did would be lost.
    /// </summary>
    public TxnResponse ReadTxn(IReadOnlyList<TxnOp> ops) => TxnCommands.Apply(new StateEdit(Tables), index: 0, ops);
}
