using System.Net;

namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>Membership by gossip.</summary>
internal sealed record GossipConfig
{
    public GossipPoolConfig Lan { get; init; } = new();

    public GossipPoolConfig Wan { get; init; } = GossipPoolConfig.WanDefaults;

    /// <summary>Base64; empty for no encryption. A keyring file in the data directory wins over it.</summary>
    public string EncryptKey { get; init; } = "";

    public bool EncryptVerifyIncoming { get; init; } = true;

    public bool EncryptVerifyOutgoing { get; init; } = true;

    public bool DisableKeyringFile { get; init; }

    /// <summary>Forget failed members after; zero means 72 hours.</summary>
    public TimeSpan ReconnectTimeoutLan { get; init; }

    public TimeSpan ReconnectTimeoutWan { get; init; }

    /// <summary>Clients only: the forget time announced to others; zero for none.</summary>
    public TimeSpan AdvertiseReconnectTimeout { get; init; }
}

/// <summary>Tuning of one gossip pool. The property defaults are those of the LAN pool.</summary>
internal sealed record GossipPoolConfig
{
    public static readonly GossipPoolConfig WanDefaults = new()
    {
        GossipInterval = TimeSpan.FromMilliseconds(500),
        ProbeInterval = TimeSpan.FromSeconds(5),
        ProbeTimeout = TimeSpan.FromSeconds(3),
        SuspicionMult = 6,
    };

    public TimeSpan GossipInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Peers per gossip round.</summary>
    public int GossipNodes { get; init; } = 3;

    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    public int SuspicionMult { get; init; } = 4;

    public int RetransmitMult { get; init; } = 4;

    /// <summary>Networks gossip is accepted from; null for all.</summary>
    public IReadOnlyList<IPNetwork>? AllowedCidrs { get; init; }
}

/// <summary>How the agent finds the cluster.</summary>
internal sealed record JoinConfig
{
    /// <summary>Joined once at start; failure ends the agent.</summary>
    public IReadOnlyList<string> StartLan { get; init; } = [];

    public IReadOnlyList<string> StartWan { get; init; } = [];

    public IReadOnlyList<string> RetryLan { get; init; } = [];

    public IReadOnlyList<string> RetryWan { get; init; } = [];

    public TimeSpan RetryIntervalLan { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan RetryIntervalWan { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts before the agent gives up; 0 for never.</summary>
    public int RetryMaxLan { get; init; }

    public int RetryMaxWan { get; init; }

    public bool RejoinAfterLeave { get; init; }
}
