using System.Reflection;
using System.Runtime.Loader;

namespace Consul.Fast.Simulation.Tests.Raft.Mutations;

/// <summary>
/// This very simulator, loaded once more beside itself with a mutated core in place of the real one, and unloaded at the end.
/// </summary>
internal sealed class Mutant : IDisposable
{
    private readonly Context _context;
    private readonly Func<string, ulong, string?> _run;

    /// <param name="core">The assembly with the defect.</param>
    public Mutant(byte[] core)
    {
        _context = new Context(core);
        Type runner = _context.LoadFromAssemblyPath(typeof(Mutant).Assembly.Location).GetType(typeof(Mutant).FullName!, throwOnError: true)!;
        _run = runner.GetMethod(nameof(RunHere), BindingFlags.Static | BindingFlags.NonPublic)!.CreateDelegate<Func<string, ulong, string?>>();
    }

    /// <summary>Runs a seed with the mutated core; null when nothing was found.</summary>
    public string? Run(string shape, ulong seed) => _run(shape, seed);

    public void Dispose() => _context.Unload();

    private static string? RunHere(string shape, ulong seed) => new SimRun(seed, SimShape.Parse(shape)).Execute();

    private sealed class Context(byte[] core) : AssemblyLoadContext("mutant", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName name) => name.Name switch
        {
            "Consul.Fast.Consensus" => LoadFromStream(new MemoryStream(core)),
            _ => null,
        };
    }
}
