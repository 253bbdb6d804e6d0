using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server;

/// <summary>The leader's time limits of sessions. Thread safe.</summary>
internal interface ISessionTimers
{
    /// <summary>Starts or restarts the limit of a session; nothing for one without a TTL.</summary>
    void Reset(Session session);

    /// <summary>Forgets a session that was destroyed.</summary>
    void Clear(string sessionId);
}
