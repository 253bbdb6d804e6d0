using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Http;

/// <summary>The HTTP interface's settings out of the agent's configuration.</summary>
internal static class HttpSettings
{
    public static HttpOptions From(AgentConfig config) => new()
    {
        Listeners = [.. config.Addresses.Http.Select(address => Listener(address, config.Http.UnixSockets))],
        MaxHeaderBytes = config.Http.MaxHeaderBytes,
        MaxConnectionsPerClient = config.Limits.HttpMaxConnectionsPerClient,
        ResponseHeaders = [.. config.Http.ResponseHeaders.Where(static header => HeaderText.IsName(header.Key))
            .Select(static header => KeyValuePair.Create(header.Key, HeaderText.Clean(header.Value)))],
        BlockEndpoints = config.Http.BlockEndpoints,
        AllowWriteFrom = config.Http.AllowWriteFrom,
        DisableUnprintableFilter = config.Http.DisableUnprintableCharFilter,
        UseCache = config.Http.UseCache,
        DiscoveryMaxStale = config.Http.DiscoveryMaxStale,
        PrettyAlways = config.Node.DevMode,
        TranslateWanAddresses = config.Node.TranslateWanAddresses,
        DefaultAclPolicy = config.Acl.DefaultPolicy,
        UserToken = config.Acl.Tokens.Default,
        Datacenter = config.Node.Datacenter,
        NodeName = config.Node.Name,
        KvMaxValueSize = config.Limits.KvMaxValueSize,
        TxnMaxRequestLength = config.Limits.TxnMaxRequestLength,
    };

    private static HttpListenAddress Listener(ListenAddress address, UnixSocketConfig sockets) => address.UnixPath is { } path
        ? new HttpListenAddress { UnixPath = path, Mode = sockets.Mode, User = sockets.User, Group = sockets.Group }
        : new HttpListenAddress { EndPoint = address.EndPoint };
}
