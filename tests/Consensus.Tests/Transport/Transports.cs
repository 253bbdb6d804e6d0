using Consul.Fast.Consensus.Tests.Fakes;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;
using Consul.Fast.Storage.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Consensus.Tests.Transport;

internal static class Transports
{
    /// <summary>A transport with stores in memory.</summary>
    public static RaftTransport New(
        TimerWheel timers, ILogStore? log = null, ISnapshotStore? snapshots = null, TimeSpan? timeout = null, TimeSpan? idle = null,
        Func<string, string?>? addressOf = null, TlsContext? tls = null) => new(new RaftTransportSettings
        {
            Log = log ?? new MemoryRaftLog(),
            Snapshots = snapshots ?? new FakeSnapshotStore(),
            Dialer = new TcpDialer(tls) { Timeout = TimeSpan.FromMinutes(1) },
            Datacenter = "dc1",
            AddressOf = addressOf ?? (static _ => null),
            Timers = timers,
            Logger = NullLogger.Instance,
            Timeout = timeout ?? TimeSpan.FromSeconds(10),
            IdleLimit = idle ?? TimeSpan.FromSeconds(30),
        });
}
