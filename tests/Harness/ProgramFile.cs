using System.Reflection;

namespace Consul.Fast.Tests.Harness;

/// <summary>The program under test: the one named by <c>CONSUL_FAST_BINARY</c>, else the one built with the tests.</summary>
internal static class ProgramFile
{
    public const string Variable = "CONSUL_FAST_BINARY";

    /// <summary>True when a published native binary is tested; only then do times count.</summary>
    public static bool IsPublished => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    public static string FullPath { get; } = Find();

    private static string Find()
    {
        string path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } published
            ? Path.GetFullPath(published, RepositoryRoot())
            : Path.Combine(RepositoryRoot(), "src", "Daemon", "bin", Configuration(), "net10.0", "consul-fast");
        return File.Exists(path) ? path : throw new FileNotFoundException($"The program to test does not exist: {path}");
    }

    private static string Configuration() => typeof(ProgramFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == "Configuration").Value!;

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Consul.Fast.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Consul.Fast.sln was not found above the tests.");
    }
}
