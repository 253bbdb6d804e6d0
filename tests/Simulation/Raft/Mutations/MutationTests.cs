using Xunit.Abstractions;

namespace Consul.Fast.Simulation.Tests.Raft.Mutations;

/// <summary>The simulator is worth something: it finds each of the defects that are put into the core here.</summary>
public class MutationTests(ITestOutputHelper output)
{
    private const ulong SeedsMax = 3000;

    private static readonly Lazy<MutantCompiler> s_compiler = new(() => new MutantCompiler());

    public static TheoryData<string> Names() => [.. Defects.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Defect_is_found(string name)
    {
        Mutation mutation = Defects.All.Single(d => d.Name == name);
        using Mutant mutant = new(s_compiler.Value.Compile(mutation));
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            foreach (string shape in mutation.Shapes.Split(','))
            {
                if (mutant.Run(shape, seed) is not { } failure) continue;
                output.WriteLine($"seed {seed}: {failure.Split('\n')[0]}");
                return;
            }
        }

        Assert.Fail($"«{name}»: not found in {SeedsMax} runs of {mutation.Shapes}");
    }

    [Fact]
    public void The_core_itself_passes_in_the_same_way()
    {
        Mutation none = new("nothing changed", "RaftCore.cs", "internal sealed partial class RaftCore", "internal sealed partial class RaftCore");
        using Mutant mutant = new(s_compiler.Value.Compile(none));
        for (ulong seed = 1; seed <= 20; seed++) Assert.Null(mutant.Run("3+2m", seed));
    }
}
