namespace Consul.Fast.Gossip.Core.Swim;

/// <summary>
/// The node's doubt in its own health: 0 is well. A slow node finds everybody slow; while it doubts itself it takes more time
/// before it accuses.
/// </summary>
internal struct Awareness(int maximum)
{
    public int Score { get; private set; }

    public void Apply(int delta) => Score = Math.Clamp(Score + delta, 0, maximum - 1);

    public readonly TimeSpan Scale(TimeSpan interval) => interval * (Score + 1);
}
