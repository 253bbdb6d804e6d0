namespace Consul.Fast.Simulation.Tests.Raft.Mutations;

/// <summary>A defect put into the core on purpose.</summary>
/// <param name="Name">What is wrong then.</param>
/// <param name="File">File in the core's folder.</param>
/// <param name="Old">Text that occurs exactly once in it.</param>
/// <param name="New">What stands in its place.</param>
/// <param name="Shapes">Shapes of clusters in which it shows.</param>
internal sealed record Mutation(string Name, string File, string Old, string New, string Shapes = "3+0")
{
    public override string ToString() => Name;
}
