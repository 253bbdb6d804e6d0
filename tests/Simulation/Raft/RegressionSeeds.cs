namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// Runs that once failed, or that show a defect when it is put back. Changes of the simulator or of the core lead a seed another
/// way in time; the defects themselves are kept in <see cref="Mutations.Defects"/> where a text can stand for them.
/// </summary>
public class RegressionSeeds
{
    public static TheoryData<string, ulong, string> Seeds => new()
    {
        { "2+1m", 40, "a change of the servers left before it was on the leader's disk, and nobody could win any more" },
        { "3+2m", 95, "the same with spare servers" },
        { "3+2m", 2318, "the same, by a leader that took its own vote away" },
        { "3+2m", 4564, "the same, two changes in a row" },
        { "3+2m", 1927, "a leader of the past changes the servers after a commit that others had made before" },
        { "3+0x", 4186, "messages from before the repair unseat a leader after it" },
        { "3+0r", 112, "a read of a restored state that was lost with its leader" },
        { "3+0r", 1679, "a server that gave up its log for another past voted for one that had less" },
        { "5+0r", 233, "a snapshot that is there already is taken over again" },
        { "5+0r", 2010, "the same under another leader" },
        { "3+2mxr", 40, "a change of the servers before anything after a restore was committed" },
        { "3+2mxr", 82, "a change of the servers while a snapshot is restored" },
        { "3+0", 50, "a read that a round from before it would confirm" },
        { "3+0", 62, "a read that nobody would confirm" },
    };

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Seed_passes(string shape, ulong seed, string because)
    {
        if (new SimRun(seed, SimShape.Parse(shape)).Execute() is { } failure) Assert.Fail($"{because}: {failure}");
    }
}
