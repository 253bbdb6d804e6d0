using Consul.Fast.Daemon.Config;
using Consul.Fast.Gossip.Wire.Security;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>The keys of a gossip pool, and the file that holds them between runs unless there is none.</summary>
internal sealed class PoolKeyring : IAsyncDisposable
{
    private const string LanFile = "serf/local.keyring";
    private const string WanFile = "serf/remote.keyring";

    private readonly KeyringFile? _file;

    private PoolKeyring(Keyring keys, KeyringFile? file)
    {
        Keys = keys;
        _file = file;
    }

    public Keyring Keys { get; }

    /// <summary>To be called when the keys changed; null when nothing is kept. Quick.</summary>
    public Action<Keyring>? Changed => _file is null ? null : _file.Save;

    /// <summary>
    /// The keys of both pools, null for a pool that is not encrypted: those of the keyring files, which are made from the
    /// configured key where they are missing. Only servers have a WAN pool.
    /// </summary>
    /// <exception cref="ConfigException">The configured key or a file cannot be used.</exception>
    public static (PoolKeyring? Lan, PoolKeyring? Wan) Load(AgentConfig config, TimeProvider time, ILogger logger)
    {
        bool hasWan = config.Server.Enabled && config.Addresses.SerfWanAdvertise is not null;
        string text = config.Gossip.EncryptKey;
        bool inMemory = config.Gossip.DisableKeyringFile || config.Node.DataDir.Length == 0;
        if (inMemory)
        {
            if (text.Length == 0) return (null, null);
            GossipKey key = KeyringFile.Decode(text, out string fault) ?? throw Refused(fault);
            return (new PoolKeyring(new Keyring(key), null), hasWan ? new PoolKeyring(new Keyring(key), null) : null);
        }

        string lanPath = Path.Combine(config.Node.DataDir, LanFile);
        string wanPath = Path.Combine(config.Node.DataDir, WanFile);
        bool newLan = text.Length > 0 && CreateMissing(lanPath, text);
        bool newWan = text.Length > 0 && hasWan && CreateMissing(wanPath, text);
        Keyring? lan = Read(lanPath);
        Keyring? wan = hasWan ? Read(wanPath) : null;
        if (text.Length > 0)
        {
            if (!newLan && Lacks(lan, text)) logger.KeyNotInKeyring("LAN");
            if (hasWan && !newWan && Lacks(wan, text)) logger.KeyNotInKeyring("WAN");
        }

        return (Kept(lan, lanPath), Kept(wan, wanPath));

        PoolKeyring? Kept(Keyring? keys, string path) =>
            keys is null ? null : new PoolKeyring(keys, new KeyringFile(path, logger, time));
    }

    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? default;

    /// <returns>Whether the file was missing.</returns>
    private static bool CreateMissing(string path, string text)
    {
        if (Path.Exists(path)) return false;
        GossipKey key = KeyringFile.Decode(text, out string fault) ?? throw Refused($"Invalid key: {fault}");
        try
        {
            KeyringFile.Create(path, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(e.Message);
        }

        return true;
    }

    private static Keyring? Read(string path)
    {
        if (!Path.Exists(path)) return null;
        return KeyringFile.Read(path, out string fault) ?? throw Refused(fault);
    }

    private static bool Lacks(Keyring? keys, string text) =>
        keys is null || KeyringFile.Decode(text, out _) is not { } key || !keys.Keys.Contains(key);

    private static ConfigException Refused(string fault) => new($"Failed to configure keyring: {fault}");
}
