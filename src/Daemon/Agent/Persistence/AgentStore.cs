using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Persistence;

/// <summary>
/// Keeps what was registered through the API over restarts, below the data directory. Its calls take turns under the lock of
/// the agent; TTL states are independent files. File system faults throw.
/// </summary>
internal sealed class AgentStore(string dataDirectory, TimeProvider time, ILogger logger)
{
    private readonly StateFiles _services = new(Path.Combine(dataDirectory, "services"), durable: true, logger);
    private readonly StateFiles _checks = new(Path.Combine(dataDirectory, "checks"), durable: true, logger);
    private readonly StateFiles _ttls = new(Path.Combine(dataDirectory, "checks", "state"), durable: false, logger);

    /// <summary>Keeps a service, checks, or both. When the disk refuses one of them, nothing has changed.</summary>
    public void Save(PersistedService? service, IEnumerable<PersistedCheck> checks)
    {
        var prepared = new List<AtomicFile?>();
        try
        {
            foreach (PersistedCheck check in checks) prepared.Add(_checks.Prepare(check.Check.CheckId, PersistedJson.Write(check)));
            // Last, because a check without its service is forgotten at the next start, and a service without its checks is not.
            if (service is not null) prepared.Add(_services.Prepare(service.Service.Id, PersistedJson.Write(service)));
            foreach (AtomicFile? file in prepared) file?.Place();
        }
        finally
        {
            foreach (AtomicFile? file in prepared) file?.Dispose();
        }
    }

    public void DeleteService(string id) => _services.Delete(id);

    public void DeleteCheck(string id) => _checks.Delete(id);

    /// <summary>Reads all services. A file that makes no sense is logged and left; one of an unknown source is removed.</summary>
    public IEnumerable<PersistedService> LoadServices()
    {
        foreach ((string path, byte[] content) in _services.All())
        {
            if (PersistedJson.ReadService(content, out string error) is { } service)
            {
                _services.UseCurrentName(path, service.Service.Id);
                yield return service;
            }
            else if (error == PersistedJson.InvalidSource)
            {
                logger.PurgingServiceOfUnknownSource(path);
                File.Delete(path);
            }
            else
            {
                logger.ServiceFileUnreadable(path, error);
            }
        }
    }

    /// <summary>Reads all checks, with the same rules.</summary>
    public IEnumerable<PersistedCheck> LoadChecks()
    {
        foreach ((string path, byte[] content) in _checks.All())
        {
            if (PersistedJson.ReadCheck(content, out string error) is { } check)
            {
                _checks.UseCurrentName(path, check.Check.CheckId);
                yield return check;
            }
            else if (error == PersistedJson.InvalidSource)
            {
                logger.PurgingCheckOfUnknownSource(path);
                File.Delete(path);
            }
            else
            {
                logger.CheckFileUnreadable(path, error);
            }
        }
    }

    public void SaveTtl(string checkId, string status, string output, TimeSpan ttl)
    {
        long expires = (time.GetUtcNow() + ttl).ToUnixTimeSeconds();
        lock (_ttls) _ttls.Write(checkId, PersistedJson.Write(new PersistedTtl(checkId, output, status, expires)));
    }

    /// <summary>The last result of a TTL check while it still counts; otherwise null, and its file is removed.</summary>
    public PersistedTtl? LoadTtl(string checkId)
    {
        lock (_ttls)
        {
            if (_ttls.Read(checkId) is not { } content) return null;
            if (PersistedJson.ReadTtl(content) is { } state && state.Expires > time.GetUtcNow().ToUnixTimeSeconds()) return state;
            _ttls.Delete(checkId);
            return null;
        }
    }

    public void DeleteTtl(string checkId)
    {
        lock (_ttls) _ttls.Delete(checkId);
    }
}
