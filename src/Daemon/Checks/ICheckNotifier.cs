using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Checks;

/// <summary>Takes the results of checks. Thread safe and quick: it is called from the thread that ran the check.</summary>
internal interface ICheckNotifier
{
    void UpdateCheck(string checkId, string status, string output);
}

/// <summary>What a check that mirrors others sees of this agent.</summary>
internal interface IAliasSource
{
    /// <summary>All checks of this agent at this moment.</summary>
    IReadOnlyList<HealthCheck> Checks();

    bool ServiceExists(string serviceId);

    /// <summary>Calls back, on the changing thread, whenever a check's status or the set of services and checks changes.</summary>
    IDisposable OnHealthChanged(Action changed);
}

/// <summary>A check that runs until it is stopped. Results that arrive after the stop are dropped.</summary>
internal interface IRunningCheck
{
    void Start();

    void Stop();
}
