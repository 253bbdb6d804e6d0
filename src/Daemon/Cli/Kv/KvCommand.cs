using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli.Kv;

/// <summary>What the kv commands have in common.</summary>
internal abstract class KvCommand() : ClientCommand(ClientFlagSets.Server | ClientFlagSets.Namespace)
{
    protected const string Root = "/v1/kv/";

    /// <summary>A key as users give it; they like to begin it with a slash, which keys never do.</summary>
    protected static string CleanKey(string key) => key.StartsWith('/') ? key[1..] : key;

    protected static string PathOf(string key) => Root + QueryText.EscapePath(key);
}
