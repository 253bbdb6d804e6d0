using System.Text;
using Consul.Fast.Gossip.Node;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Tells Consul's own events in the LAN pool from those of users.</summary>
internal sealed class ConsulEvents(ILogger logger)
{
    /// <summary>A server has begun to lead; the payload is its name.</summary>
    public const string NewLeader = "consul:new-leader";

    /// <summary>Before the name of an event that a user fired.</summary>
    public const string UserPrefix = "consul:event:";

    private const string Prefix = "consul:";

    /// <summary>Raised when there is a new leader.</summary>
    public event Action? LeaderElected;

    /// <summary>Raised for an event that a user fired, with its name as users know it. Handlers must be quick.</summary>
    public event Action<UserPoolEvent>? UserEventFired;

    /// <summary>An event arrived in the LAN pool. Does not wait.</summary>
    public void OnUserEvent(UserPoolEvent fired)
    {
        if (!fired.Name.StartsWith(Prefix, StringComparison.Ordinal)) return;
        if (fired.Name == NewLeader)
        {
            PoolLog.NewLeader(logger, Encoding.UTF8.GetString(fired.Payload.Span));
            LeaderElected?.Invoke();
        }
        else if (fired.Name.StartsWith(UserPrefix, StringComparison.Ordinal))
        {
            UserPoolEvent bare = fired with { Name = fired.Name[UserPrefix.Length..] };
            PoolLog.UserEvent(logger, bare.Name);
            UserEventFired?.Invoke(bare);
        }
        else
        {
            PoolLog.UnhandledEvent(logger, fired.Name);
        }
    }
}
