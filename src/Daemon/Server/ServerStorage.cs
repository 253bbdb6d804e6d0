using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Storage.Log;
using Consul.Fast.Storage.Snapshots;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server;

/// <summary>Where a server keeps its Raft log and snapshots: below the data directory, or in memory in development mode.</summary>
internal sealed class ServerStorage : IDisposable
{
    private readonly DataDirectoryLock? _lock;

    private ServerStorage(ILogStore log, ISnapshotStore snapshots, string temporaryDirectory, DataDirectoryLock? directoryLock)
    {
        TemporaryDirectory = temporaryDirectory;
        Log = log;
        Snapshots = snapshots;
        _lock = directoryLock;
    }

    public ILogStore Log { get; }

    public ISnapshotStore Snapshots { get; }

    /// <summary>Where archives are unpacked: beside the data, so that they may be as large as it.</summary>
    public string TemporaryDirectory { get; }

    /// <exception cref="IOException">
    /// The directory is damaged, in use, unwritable, or from a newer version; the message says which.
    /// </exception>
    public static ServerStorage Open(AgentConfig config, TimeProvider time, ILoggerFactory loggers)
    {
        if (config.Node.DevMode || config.Node.DataDir.Length == 0)
            return new ServerStorage(new MemoryRaftLog(), new MemorySnapshotStore(time), Path.GetTempPath(), null);
        string directory = Path.Combine(config.Node.DataDir, "raft");
        Directory.CreateDirectory(directory);
        DataDirectoryLock held = DataDirectoryLock.Acquire(config.Node.DataDir);
        try
        {
            FasterRaftLog log = FasterRaftLog.Open(directory, loggers.CreateLogger("agent.server.raft.log"));
            var snapshots = new FileSnapshotStore(directory, time, loggers.CreateLogger("agent.server.snapshot"));
            return new ServerStorage(log, snapshots, directory, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Log.Dispose();
        _lock?.Dispose();
    }
}
