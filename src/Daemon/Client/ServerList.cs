namespace Consul.Fast.Daemon.Client;

/// <summary>The servers of the agent's datacenter in the order of preference. Thread safe; reading takes no lock.</summary>
internal sealed class ServerList
{
    private readonly Lock _gate = new();
    private volatile RpcServerAddress[] _servers = [];

    public int Count => _servers.Length;

    /// <summary>The server to call; null when none is known.</summary>
    public RpcServerAddress? Head => _servers is [var head, ..] ? head : null;

    /// <summary>All servers, the one to call first.</summary>
    public IReadOnlyList<RpcServerAddress> All => _servers;

    /// <summary>Adds a server at the end, or replaces what was known of the server of that name.</summary>
    public void Add(RpcServerAddress server)
    {
        lock (_gate)
        {
            int known = Array.FindIndex(_servers, each => each.Node == server.Node);
            RpcServerAddress[] servers = [.. _servers];
            if (known >= 0) servers[known] = server;
            else servers = [.. servers, server];
            _servers = servers;
        }
    }

    /// <summary>Forgets a server that left or failed.</summary>
    public void Remove(string node)
    {
        lock (_gate) _servers = [.. _servers.Where(server => server.Node != node)];
    }

    /// <summary>
    /// Takes over another order, unless the server in front is gone. Servers that are not in it come last.
    /// </summary>
    public void Reorder(IReadOnlyList<RpcServerAddress> order)
    {
        lock (_gate)
        {
            if (order.Count == 0 || !_servers.Contains(order[0])) return;
            _servers = [.. order.Where(server => _servers.Contains(server)), .. _servers.Where(server => !order.Contains(server))];
        }
    }

    /// <summary>Moves the server of a failed call to the end, unless another call did so already.</summary>
    public void NotifyFailed(RpcServerAddress server)
    {
        lock (_gate)
        {
            if (_servers.Length > 1 && _servers[0] == server) _servers = [.. _servers[1..], server];
        }
    }
}
