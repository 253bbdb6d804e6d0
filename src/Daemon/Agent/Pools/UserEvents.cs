using System.Collections.Immutable;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>
/// The last events that were fired through the API and are for this agent. One thread at a time takes events in; any thread
/// may read.
/// </summary>
/// <param name="services">The services registered at this agent.</param>
/// <param name="ignoreRemoteExecution">Whether the agent was told to execute nothing; it executes nothing in any case.</param>
internal sealed class UserEvents(
    string node, Func<IReadOnlyList<NodeService>> services, bool ignoreRemoteExecution, ILogger logger)
{
    /// <summary>Older events are forgotten.</summary>
    public const int Capacity = 256;

    private const long VersionMax = 1;
    private const string RemoteExecution = "_rexec";

    private volatile UserEventList _list = new([], new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>The events as they are now.</summary>
    public UserEventList Current => _list;

    /// <summary>Keeps an event that came through the API when it is for this agent.</summary>
    /// <param name="fired">Without the prefix of its name.</param>
    public void Take(UserPoolEvent fired)
    {
        if (ConsulEventPayload.Decode(fired.Payload) is not { } content)
        {
            UserEventLog.Undecodable(logger, fired.Name);
            return;
        }

        if (content.Version > VersionMax) UserEventLog.UnknownVersion(logger, content.Version, content.Name);
        if (!UserEventFilter.Matches(content, node, services, logger)) return;
        if (content.Name == RemoteExecution)
        {
            if (ignoreRemoteExecution) UserEventLog.ExecutionDisabled(logger, content.Name, content.Id);
            else UserEventLog.ExecutionUnsupported(logger, content.Name, content.Id);
            return;
        }

        UserEventLog.NewEvent(logger, content.Name, content.Id);
        Keep(new UserEvent(content, fired.LTime));
    }

    private void Keep(UserEvent received)
    {
        UserEventList old = _list;
        ImmutableArray<UserEvent> kept = old.Events.Length < Capacity ? old.Events : old.Events.RemoveAt(0);
        _list = new UserEventList(kept.Add(received), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        old.Replaced.SetResult();
    }
}

/// <summary>Some events in the order of their arrival. Immutable.</summary>
/// <param name="Replaced">Completes when another event has come.</param>
internal sealed record UserEventList(ImmutableArray<UserEvent> Events, TaskCompletionSource Replaced);
