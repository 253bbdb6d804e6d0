using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Consul.Fast.Simulation.Tests.Raft.Mutations;

/// <summary>Compiles the sources of the Consensus project with one text replaced.</summary>
internal sealed class MutantCompiler
{
    private const string AssemblyName = "Consul.Fast.Consensus";

    private static readonly string[] s_implicitUsings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private readonly string _folder;
    private readonly CSharpParseOptions _parse = new(LanguageVersion.Preview);
    private readonly Dictionary<string, SyntaxTree> _trees = [];
    private readonly CSharpCompilation _compilation;

    public MutantCompiler()
    {
        _folder = Path.Combine(FindRoot(), "src", "Consensus");
        foreach (string file in Directory.EnumerateFiles(_folder, "*.cs", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(_folder, file);
            if (path.StartsWith("obj", StringComparison.Ordinal) || path.StartsWith("bin", StringComparison.Ordinal)) continue;
            _trees[path] = SilenceLog(Parse(File.ReadAllText(file)));
        }

        string test = typeof(MutantCompiler).Assembly.GetName().Name!;
        string common = string.Concat(s_implicitUsings.Select(u => $"global using {u};\n")) +
            $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{test}\")]";
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        _compilation = CSharpCompilation.Create(
            AssemblyName,
            [.. _trees.Values, Parse(common)],
            platform.Where(p => Path.GetFileNameWithoutExtension(p) != AssemblyName).Select(p => MetadataReference.CreateFromFile(p)),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>The assembly with a defect in it.</summary>
    public byte[] Compile(Mutation mutation)
    {
        string path = Path.Combine("Core", mutation.File);
        string text = File.ReadAllText(Path.Combine(_folder, path));
        int count = text.Split(mutation.Old).Length - 1;
        Assert.True(count == 1, $"«{mutation.Name}»: the text to replace occurs {count} times in {path}: {mutation.Old}");
        SyntaxTree changed = Parse(text.Replace(mutation.Old, mutation.New, StringComparison.Ordinal));
        using MemoryStream output = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = _compilation.ReplaceSyntaxTree(_trees[path], changed).Emit(output);
        IEnumerable<Diagnostic> errors = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error);
        Assert.True(result.Success, $"«{mutation.Name}» does not compile: {string.Join('\n', errors)}");
        return output.ToArray();
    }

    private SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, _parse);

    /// <summary>Bodies for the methods that the logging generator would write: a mutant says nothing.</summary>
    private SyntaxTree SilenceLog(SyntaxTree tree)
    {
        CompilationUnitSyntax root = tree.GetCompilationUnitRoot();
        IEnumerable<MethodDeclarationSyntax> messages = root.DescendantNodes().OfType<MethodDeclarationSyntax>()
            .Where(m => m.Body is null && m.ExpressionBody is null && m.Modifiers.Any(SyntaxKind.PartialKeyword));
        return CSharpSyntaxTree.Create(root.ReplaceNodes(messages, static (_, m) => m
            .WithAttributeLists([])
            .WithModifiers([.. m.Modifiers.Where(modifier => !modifier.IsKind(SyntaxKind.PartialKeyword))])
            .WithSemicolonToken(default)
            .WithBody(SyntaxFactory.Block())), _parse);
    }

    private static string FindRoot([CallerFilePath] string source = "")
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Consul.Fast.sln"))) folder = Path.GetDirectoryName(folder);
        // A copy of the built tests finds the sources where they were built.
        folder ??= Path.GetDirectoryName(source);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Consul.Fast.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Consul.Fast.sln was not found above the tests.");
    }
}
