namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>What kind of cluster a run has.</summary>
/// <param name="Voters">Servers of the first configuration.</param>
/// <param name="Spares">Servers that may be added later.</param>
/// <param name="ChangesMembers">Servers are added, removed, promoted, demoted, and move to new addresses.</param>
/// <param name="IsMixed">Every second server does not know the question before a candidacy, like servers of other makes.</param>
/// <param name="Restores">A user replaces the state by snapshots of his own.</param>
internal sealed record SimShape(int Voters, int Spares = 0, bool ChangesMembers = false, bool IsMixed = false, bool Restores = false)
{
    /// <summary>The shapes of every test run.</summary>
    public static readonly string[] All = ["1+0", "3+0", "5+0", "2+2m", "3+2m", "3+0x", "3+0r"];

    /// <summary>The shapes to run: all of them, or those of <c>RAFT_SHAPE</c> in the environment.</summary>
    public static string[] Chosen => Environment.GetEnvironmentVariable("RAFT_SHAPE") is { Length: > 0 } some ? some.Split(',') : All;

    public int Servers => Voters + Spares;

    /// <summary>Text that <see cref="Parse"/> reads: how a run is named in reports.</summary>
    public override string ToString() => $"{Voters}+{Spares}{(ChangesMembers ? "m" : "")}{(IsMixed ? "x" : "")}{(Restores ? "r" : "")}";

    /// <summary>Reads for instance <c>3+2m</c>: voters, spares, and a letter for each thing that is so.</summary>
    public static SimShape Parse(string text)
    {
        string[] counts = text.TrimEnd('m', 'x', 'r').Split('+');
        return new SimShape(int.Parse(counts[0]), int.Parse(counts[1]), text.Contains('m'), text.Contains('x'), text.Contains('r'));
    }
}
