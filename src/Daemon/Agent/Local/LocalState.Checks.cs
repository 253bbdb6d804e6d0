using Consul.Fast.Daemon.Checks;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Agent.Local;

internal sealed partial class LocalState : ICheckNotifier, IAliasSource
{
    /// <summary>Adds or replaces a check; the text of the fault when its service is not here.</summary>
    public string? AddCheck(HealthCheck check, string token)
    {
        check = check with { Node = options.NodeName, Output = DiscardCheckOutput ? "" : check.Output };
        lock (_gate)
        {
            if (check.ServiceId.Length > 0 && Live(check.ServiceId) is null)
            {
                return $"Check ID \"{check.CheckId}\" refers to non-existent service ID \"{check.ServiceId}\"";
            }

            _checks.TryGetValue(check.CheckId, out CheckEntry? old);
            if (old is not null) CancelDeferral(old);
            _checks[check.CheckId] = new CheckEntry
            {
                Check = check,
                Token = token,
                CriticalSince = check.Status == CheckStatus.Critical ? old?.CriticalSince ?? wheel.Time.GetTimestamp() : null,
                InSync = old is { Mirrored: true, Check: not null } && RecordComparison.Same(check, old.Check),
                Revision = (old?.Revision ?? 0) + 1,
            };
        }

        NotifyHealthWatchers();
        SyncWanted();
        return null;
    }

    /// <summary>Marks a check for removal; false when there is none.</summary>
    public bool RemoveCheck(string id)
    {
        lock (_gate)
        {
            if (!_checks.TryGetValue(id, out CheckEntry? entry) || entry.Deleted) return false;
            CancelDeferral(entry);
            entry.Delete();
        }

        NotifyHealthWatchers();
        SyncWanted();
        return true;
    }

    /// <summary>
    /// Takes the result of a check. A new status is synced at once; a new output alone waits for the update interval,
    /// because outputs that carry times or counters would otherwise write to the catalog for ever.
    /// </summary>
    public void UpdateCheck(string checkId, string status, string output)
    {
        if (DiscardCheckOutput) output = "";
        lock (_gate)
        {
            if (!_checks.TryGetValue(checkId, out CheckEntry? entry) || entry is not { Deleted: false, Check: { } check }) return;
            entry.CriticalSince = status == CheckStatus.Critical ? entry.CriticalSince ?? wheel.Time.GetTimestamp() : null;
            if (check.Status == status && check.Output == output) return;
            bool deferred = check.Status == status && options.CheckUpdateInterval > TimeSpan.Zero;
            entry.Check = check with { Status = status, Output = output };
            if (deferred)
            {
                // No new revision: a sync on its way must not be repeated early for the sake of this output.
                Defer(entry, checkId);
                return;
            }

            entry.Revision++;
            entry.InSync = false;
        }

        NotifyHealthWatchers();
        SyncWanted();
    }

    public HealthCheck? Check(string id)
    {
        lock (_gate) return _checks.TryGetValue(id, out CheckEntry? entry) && !entry.Deleted ? entry.Check : null;
    }

    /// <summary>The token a check was registered with; empty for none.</summary>
    public string CheckToken(string id)
    {
        lock (_gate) return _checks.TryGetValue(id, out CheckEntry? entry) ? entry.Token : "";
    }

    /// <summary>All checks, ordered by id.</summary>
    public IReadOnlyList<HealthCheck> Checks()
    {
        lock (_gate)
        {
            var checks = new List<HealthCheck>(_checks.Count);
            foreach (CheckEntry entry in _checks.Values)
            {
                if (entry is { Deleted: false, Check: { } check }) checks.Add(check);
            }

            checks.Sort(static (a, b) => string.CompareOrdinal(a.CheckId, b.CheckId));
            return checks;
        }
    }

    /// <summary>The critical checks and for how long they have been so.</summary>
    public IReadOnlyList<(HealthCheck Check, TimeSpan Duration)> CriticalChecks()
    {
        lock (_gate)
        {
            var critical = new List<(HealthCheck, TimeSpan)>();
            foreach (CheckEntry entry in _checks.Values)
            {
                if (entry is not { Deleted: false, Check: { } check, CriticalSince: { } since }) continue;
                critical.Add((check, wheel.Time.GetElapsedTime(since)));
            }

            return critical;
        }
    }

    /// <summary>The time of a deferred output has come.</summary>
    internal void EndDeferral(DeferredSync deferral)
    {
        lock (_gate)
        {
            // The check may have been replaced meanwhile; its new entry has a deferral of its own, or none.
            if (!_checks.TryGetValue(deferral.CheckId, out CheckEntry? entry) || entry.Deferred != deferral) return;
            entry.Deferred = null;
            if (entry.Deleted) return;
            entry.InSync = false;
        }

        SyncWanted();
    }

    private void Defer(CheckEntry entry, string checkId)
    {
        if (entry.Deferred is not null) return;
        entry.Deferred = new DeferredSync(this, checkId);
        wheel.Schedule(entry.Deferred, options.CheckUpdateInterval * (0.5 + Random.Shared.NextDouble()));
    }

    private void CancelDeferral(CheckEntry entry)
    {
        if (entry.Deferred is not { } deferral) return;
        wheel.Cancel(deferral);
        entry.Deferred = null;
    }
}
