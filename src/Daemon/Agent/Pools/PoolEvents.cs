using System.Threading.Channels;
using Consul.Fast.Gossip.Node;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>
/// The one reader of a pool's events. It hands each to all who want it, one after the other in the order of the pool; they must
/// be quick and queue what takes time. Subscribe before <see cref="Start"/>.
/// </summary>
internal sealed class PoolEvents(ILogger logger)
{
    private Task _reading = Task.CompletedTask;

    /// <summary>A member joined, changed, failed, left, or was forgotten.</summary>
    public event Action<MemberEvent>? MemberChanged;

    /// <summary>Somebody fired a user event.</summary>
    public event Action<UserPoolEvent>? UserEventFired;

    /// <summary>Ends when the pool's node stops.</summary>
    public Task Reading => _reading;

    public void Start(ChannelReader<PoolEvent> events) => _reading = Task.Run(() => ReadAsync(events));

    private async Task ReadAsync(ChannelReader<PoolEvent> events)
    {
        await foreach (PoolEvent happened in events.ReadAllAsync())
        {
            try
            {
                if (happened is MemberEvent member) MemberChanged?.Invoke(member);
                else if (happened is UserPoolEvent fired) UserEventFired?.Invoke(fired);
            }
            catch (Exception fault)
            {
                // A fault of one listener must not cost the others the rest of the pool's life.
                PoolLog.EventFailed(logger, happened.GetType().Name, fault);
            }
        }
    }
}
