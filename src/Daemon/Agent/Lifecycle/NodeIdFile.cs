using System.Security.Cryptography;
using System.Text;
using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>The identity of the node: configured, or kept in the data directory, or made anew.</summary>
internal static class NodeIdFile
{
    private const string Name = "node-id";
    private static readonly string[] HostIdFiles =
        ["/sys/class/dmi/id/product_uuid", "/etc/machine-id", "/proc/sys/kernel/random/boot_id"];

    /// <summary>The lower-case UUID of this node. A new one is written to the data directory, which must exist.</summary>
    /// <exception cref="ConfigException">The configured or stored id is no UUID, or the file cannot be used.</exception>
    public static string Resolve(NodeConfig node)
    {
        try
        {
            return node.Id.Length > 0 ? Parse(node.Id, "specified NodeID is invalid") : Stored(node);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"failed to setup node ID: {e.Message}", e);
        }
    }

    private static string Stored(NodeConfig node)
    {
        if (node.DataDir.Length == 0) return NewId(node);
        string file = Path.Combine(node.DataDir, Name);
        if (File.Exists(file)) return Parse(File.ReadAllText(file).Trim(), $"NodeID in {file} is invalid");
        string id = NewId(node);
        // In development mode nothing is written, even when there is a directory.
        if (!node.DevMode) AtomicFile.Write(file, Encoding.ASCII.GetBytes(id), durable: true);
        return id;
    }

    private static string Parse(string text, string fault)
    {
        string id = text.ToLowerInvariant();
        return Guid.TryParseExact(id, "D", out _) ? id : throw new ConfigException($"failed to setup node ID: {fault}: {text}");
    }

    private static string NewId(NodeConfig node)
    {
        if (node.DisableHostNodeId || HostId() is not { } host) return Guid.NewGuid().ToString("D");
        byte[] hash = SHA512.HashData(Encoding.ASCII.GetBytes(host.ToLowerInvariant()));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString("D");
    }

    /// <summary>The UUID the system has for this host; null when it tells none.</summary>
    private static string? HostId()
    {
        foreach (string file in HostIdFiles)
        {
            try
            {
                if (File.Exists(file) && Guid.TryParse(File.ReadAllText(file).Trim(), out Guid id)) return id.ToString("D");
            }
            catch (UnauthorizedAccessException)
            {
                // Only root may read some of them; the next one serves as well.
            }
        }

        return null;
    }
}
