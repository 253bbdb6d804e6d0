using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Agent.Local;

/// <summary>What is kept about a service or check besides the record. Guarded by the lock of its <see cref="LocalState"/>.</summary>
internal abstract class LocalEntry
{
    /// <summary>Empty takes the agent's default token.</summary>
    public string Token { get; set; } = "";

    /// <summary>The catalog is known to hold exactly this.</summary>
    public bool InSync { get; set; }

    /// <summary>Removed here, and kept with its token until the servers have confirmed it.</summary>
    public bool Deleted { get; set; }

    /// <summary>
    /// It was removed while in sync and nobody has told the servers yet: adding the same again, as a reload does, needs no sync.
    /// </summary>
    public bool Untold { get; set; }

    /// <summary>Rises with each change, so that a completed sync of an older content does not hide a newer one.</summary>
    public long Revision { get; set; }

    /// <summary>Whether the catalog still holds what was here.</summary>
    public bool Mirrored => Deleted ? Untold : InSync;

    /// <summary>Marks for removal.</summary>
    public void Delete()
    {
        Untold = InSync;
        InSync = false;
        Deleted = true;
        Revision++;
    }
}

internal sealed class ServiceEntry : LocalEntry
{
    /// <summary>Null for what only the catalog had, to be removed there.</summary>
    public NodeService? Service { get; set; }

    /// <summary>Completed at the next change of the service; null while nobody waits.</summary>
    public TaskCompletionSource? Changed { get; set; }
}

internal sealed class CheckEntry : LocalEntry
{
    /// <summary>Null for what only the catalog had, to be removed there.</summary>
    public HealthCheck? Check { get; set; }

    /// <summary>Clock reading at which it became critical; null while it is not.</summary>
    public long? CriticalSince { get; set; }

    /// <summary>Set while a change of the output alone waits for its turn to be synced.</summary>
    public DeferredSync? Deferred { get; set; }
}

/// <summary>The timer behind a deferred sync of one check's output.</summary>
internal sealed class DeferredSync(LocalState state, string checkId) : TimerEntry, IThreadPoolWorkItem
{
    public string CheckId => checkId;

    protected override void OnTimer() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute() => state.EndDeferral(this);
}
