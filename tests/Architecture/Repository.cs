using Microsoft.CodeAnalysis.CSharp;

namespace Consul.Fast.Architecture.Tests;

/// <summary>The files of this repository, found from the test's folder upwards.</summary>
internal static class Repository
{
    private static readonly string[] s_skipped = [".git", "bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts"];
    private static readonly Lazy<IReadOnlyList<SourceFile>> s_sources = new(() => [.. Files("*.cs").Select(Parse)]);

    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file, parsed; paths are relative to the root and use slashes.</summary>
    public static IReadOnlyList<SourceFile> Sources => s_sources.Value;

    /// <summary>Relative paths of all files of a kind, without build output.</summary>
    public static IEnumerable<string> Files(string pattern) => Walk(Root)
        .SelectMany(folder => Directory.EnumerateFiles(folder, pattern))
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder)
    {
        yield return folder;
        foreach (string child in Directory.EnumerateDirectories(folder))
        {
            if (s_skipped.Contains(Path.GetFileName(child))) continue;
            foreach (string inner in Walk(child)) yield return inner;
        }
    }

    private static SourceFile Parse(string path)
    {
        string text = Read(path);
        return new SourceFile(path, text, CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot());
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Consul.Fast.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Consul.Fast.sln was not found above the tests.");
    }
}
