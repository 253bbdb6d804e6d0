namespace Consul.Fast.Gossip.Core.Swim;

internal enum ProbeStage : byte
{
    /// <summary>No probe is running.</summary>
    Idle,

    /// <summary>Waiting for the direct answer.</summary>
    Direct,

    /// <summary>Helpers and a stream are trying.</summary>
    Indirect,
}

/// <summary>The one probe that runs at a time.</summary>
internal struct Probe
{
    public ProbeStage Stage;

    public uint SeqNo;

    public int Slot;

    /// <summary>Name array of the target: tells it from a later user of its slot.</summary>
    public byte[] Name;

    /// <summary>Incarnation that is accused if nobody answers.</summary>
    public uint Incarnation;

    public TimeSpan SentAt;

    /// <summary>When the direct answer is late.</summary>
    public TimeSpan DirectUntil;

    /// <summary>When the verdict falls.</summary>
    public TimeSpan Deadline;

    public int NacksExpected;

    public int NacksReceived;

    public bool StreamAnswered;

    public int Timer;
}
