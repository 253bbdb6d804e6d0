namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>What kind of cluster a run has.</summary>
/// <param name="Voters">Servers of the first configuration.</param>
/// <param name="Spares">Servers that may be added later.</param>
/// <param name="ChangesMembers">Servers are added, removed, promoted, demoted, and move to new addresses.</param>
internal sealed record SimShape(int Voters, int Spares = 0, bool ChangesMembers = false)
{
    /// <summary>The shapes of every test run.</summary>
    public static readonly string[] All = ["1+0", "3+0", "3+2m", "5+0"];

    /// <summary>The shapes to run: all of them, or those of <c>RAFT_SHAPE</c> in the environment.</summary>
    public static string[] Chosen => Environment.GetEnvironmentVariable("RAFT_SHAPE") is { Length: > 0 } some ? some.Split(',') : All;

    public int Servers => Voters + Spares;

    /// <summary>Text that <see cref="Parse"/> reads: how a run is named in reports.</summary>
    public override string ToString() => $"{Voters}+{Spares}{(ChangesMembers ? "m" : "")}";

    /// <summary>Reads for instance <c>3+2m</c>.</summary>
    public static SimShape Parse(string text)
    {
        string[] counts = text.TrimEnd('m').Split('+');
        return new SimShape(int.Parse(counts[0]), int.Parse(counts[1]), text.EndsWith('m'));
    }
}
