namespace Consul.Fast.Chaos.Tests.Nemesis;

/// <summary>The faults of a run, all of them drawn from a seed.</summary>
internal static class Schedule
{
    private const double LongestHold = 5;
    private const double LongestHoldWithoutQuorum = 3.5;

    /// <summary>Faults that can be combined: their ends do not undo each other.</summary>
    private static readonly string[] s_combined = ["kill", "pause", "cut off", "stall the disk of", "silence"];

    /// <summary>Goes on for ever; the first steps go through all kinds of faults that exist, in an order of the seed's.</summary>
    public static IEnumerable<Step> Of(int seed, int servers)
    {
        var random = new Random(seed);
        while (true)
        {
            Fault[] kinds = [.. Fault.All];
            random.Shuffle(kinds);
            foreach (Fault fault in kinds)
            {
                yield return Draw(random, servers, fault);
                if (servers > 3 && random.Next(3) == 0) yield return DrawTwo(random, servers);
            }
        }
    }

    private static Step Draw(Random random, int servers, Fault fault)
    {
        int minority = (servers - 1) / 2;
        int victims = fault.Reach switch
        {
            Reach.One => 1,
            Reach.Minority => random.Next(1, minority + 1),
            Reach.Majority => minority + 1,
            _ => servers,
        };
        return Draw(random, servers, fault.Reach, (fault, victims));
    }

    private static Step DrawTwo(Random random, int servers)
    {
        string[] names = [.. s_combined];
        random.Shuffle(names);
        return Draw(random, servers, Reach.Minority, (Named(names[0]), 1), (Named(names[1]), 1));
    }

    private static Fault Named(string name) => Fault.All.First(fault => fault.Name == name);

    private static Step Draw(Random random, int servers, Reach reach, params (Fault Fault, int Victims)[] faults)
    {
        double hold = 0.3 + (random.NextDouble() * (reach <= Reach.Minority ? LongestHold : LongestHoldWithoutQuorum));
        int[] order = [.. Enumerable.Range(0, servers)];
        random.Shuffle(order);
        return new Step(
            faults, LeaderFirst: random.Next(2) == 0, order, TimeSpan.FromSeconds(hold), TimeSpan.FromSeconds(random.NextDouble() * 1.5),
            AwaitRecovery: reach > Reach.Minority || random.Next(2) == 0);
    }
}
