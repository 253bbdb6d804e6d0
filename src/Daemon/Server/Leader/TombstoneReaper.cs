using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.State;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>
/// Removes the marks of deleted keys once no waiting reader can need them: they are kept for fifteen minutes, in steps of
/// half a minute. Used by the leader loop alone.
/// </summary>
internal sealed class TombstoneReaper(StateStore store, CommandProposer commands, TimeProvider time, ILogger logger)
{
    public static readonly TimeSpan Granularity = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Ttl = TimeSpan.FromMinutes(15);

    private readonly Queue<(DateTimeOffset Due, ulong Index)> _bins = new();
    private ulong _newestIndex;

    /// <param name="lastIndex">Tombstones up to here may exist from before this server led.</param>
    public void Start(ulong lastIndex)
    {
        _bins.Clear();
        _newestIndex = 0;
        Add(lastIndex);
    }

    /// <summary>Called once per <see cref="Granularity"/>: notes what was deleted since, reaps what is old enough.</summary>
    public async ValueTask RunAsync()
    {
        Add(store.Current.IndexOf("tombstones"));
        ulong reapIndex = 0;
        while (_bins.TryPeek(out (DateTimeOffset Due, ulong Index) bin) && bin.Due <= time.GetUtcNow()) reapIndex = _bins.Dequeue().Index;
        if (reapIndex == 0) return;
        ProposalResult result = await commands.ProposeAsync(new TombstoneRequest { ReapIndex = reapIndex });
        if (result.Error is not null) ServerLog.ReapFailed(logger, reapIndex, result.Error);
    }

    private void Add(ulong index)
    {
        if (index <= _newestIndex) return;
        _newestIndex = index;
        _bins.Enqueue((time.GetUtcNow() + Ttl, index));
    }
}
