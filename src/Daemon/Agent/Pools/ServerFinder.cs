using Consul.Fast.Daemon.Client;
using Consul.Fast.Gossip.Node;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Keeps a client's list of servers in step with the LAN pool.</summary>
internal sealed class ServerFinder(ServerList servers, string datacenter, ILogger logger)
{
    /// <summary>Raised when a server was found that there is something to tell.</summary>
    public event Action? ServerUp;

    /// <summary>Something happened in the LAN pool. Does not wait.</summary>
    public void OnMemberEvent(MemberEvent happened)
    {
        if (!ServerTags.TryRead(happened.Member, out ServerTags server)) return;
        switch (happened.Kind)
        {
            case MemberEventKind.Join or MemberEventKind.Update when server.Datacenter != datacenter:
                PoolLog.WrongDatacenter(logger, server.Name, server.Datacenter);
                break;
            case MemberEventKind.Join:
                PoolLog.ServerAdded(logger, server.ToString());
                servers.Add(server.RpcAddress);
                ServerUp?.Invoke();
                break;
            case MemberEventKind.Update:
                PoolLog.ServerUpdated(logger, server.ToString());
                servers.Add(server.RpcAddress);
                break;
            default:
                PoolLog.ServerRemoved(logger, server.ToString());
                servers.Remove(server.ShortName);
                break;
        }
    }
}
