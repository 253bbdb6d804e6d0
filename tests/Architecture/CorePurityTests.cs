using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Consul.Fast.Architecture.Tests;

/// <summary>
/// Protocol cores take messages and the time, and give outputs. What reads a clock, a file, a socket, a thread or chance
/// cannot be simulated, so it has no place in a <c>Core</c> folder, nor in the autopilot's decisions.
/// </summary>
public sealed class CorePurityTests
{
    private static readonly string[] s_namespaces =
        ["System.IO", "System.Net", "System.Threading", "System.Diagnostics", "Microsoft.Extensions", "Microsoft.AspNetCore", "FASTER"];

    /// <summary>Each with what to use instead.</summary>
    private static readonly Dictionary<string, string> s_names = new()
    {
        ["File"] = "an output that the node carries out",
        ["Directory"] = "an output that the node carries out",
        ["Stream"] = "spans and buffers",
        ["Socket"] = "an outgoing message",
        ["Thread"] = "nothing: the core is called by one loop",
        ["Task"] = "an output and a later input",
        ["ValueTask"] = "an output and a later input",
        ["CancellationToken"] = "an input",
        ["Interlocked"] = "nothing: the core is called by one loop",
        ["Volatile"] = "nothing: the core is called by one loop",
        ["Monitor"] = "nothing: the core is called by one loop",
        ["Lock"] = "nothing: the core is called by one loop",
        ["Timer"] = "the time as an argument",
        ["Stopwatch"] = "the time as an argument",
        ["TimeProvider"] = "the time as an argument",
        ["Random"] = "a seeded generator given by the node",
        ["RandomNumberGenerator"] = "a seeded generator given by the node",
        ["Environment"] = "an option",
        ["Console"] = "an output",
        ["ILogger"] = "an output",
        ["Process"] = "an output",
    };

    /// <summary>Types that are only data, with members that read the world.</summary>
    private static readonly string[] s_members =
        ["DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now", "DateTimeOffset.UtcNow", "Guid.NewGuid", "Guid.CreateVersion7"];

    [Fact]
    public void Cores_are_pure() => Offences.None(Repository.Sources.Where(IsCore).SelectMany(Impurities));

    [Theory]
    [InlineData("using System.Net.Sockets;")]
    [InlineData("class C { void M() { lock (this) { } } }")]
    [InlineData("class C { async void M() { } }")]
    [InlineData("class C { long M() => DateTime.UtcNow.Ticks; }")]
    [InlineData("class C { Task? M() => null; }")]
    [InlineData("class C { object M() => System.Threading.Tasks.Task.CompletedTask; }")]
    [InlineData("class C { int M() => Random.Shared.Next(); }")]
    [InlineData("class C { Microsoft.Extensions.Logging.ILogger? log; }")]
    public void An_impurity_is_found(string text) => Assert.NotEmpty(Impurities(SourceFile.Of("src/Consensus/Core/X.cs", text)));

    [Fact]
    public void Pure_code_passes() => Assert.Empty(Impurities(SourceFile.Of(
        "src/Consensus/Core/X.cs", "using System.Buffers; class C { int Lock; System.DateTime epoch; int M(C c, long now) => c.Lock + (int)now; }")));

    private static bool IsCore(SourceFile file) => file.Project.Length > 0 &&
        (file.Path.Contains("/Core/", StringComparison.Ordinal) || file.Path.Contains("/Consensus/Autopilot/", StringComparison.Ordinal));

    private static IEnumerable<string> Impurities(SourceFile file)
    {
        foreach (SyntaxNode node in file.Tree.DescendantNodes())
        {
            string? fault = node switch
            {
                LockStatementSyntax => "lock: the core is called by one loop",
                AwaitExpressionSyntax => "await: use an output and a later input",
                MethodDeclarationSyntax method when method.Modifiers.Any(SyntaxKind.AsyncKeyword) => "async: use an output and a later input",
                MemberAccessExpressionSyntax access when s_members.Contains(access.ToString()) => $"{access} in a core: use an argument",
                QualifiedNameSyntax or MemberAccessExpressionSyntax => BannedNamespace(node.ToString()),
                UsingDirectiveSyntax { Name: { } name } => BannedNamespace(name.ToString()),
                SimpleNameSyntax name when StandsAlone(name) => BannedName(name.Identifier.Text),
                _ => null,
            };
            if (fault is not null) yield return file.At(node, fault);
        }
    }

    private static string? BannedNamespace(string name) =>
        s_namespaces.Any(banned => name == banned || name.StartsWith(banned + ".", StringComparison.Ordinal)) ? $"{name} in a core" : null;

    private static string? BannedName(string name) => s_names.TryGetValue(name, out string? instead) ? $"{name} in a core: use {instead}" : null;

    /// <summary>False for a member of something else, which may be called as it likes.</summary>
    private static bool StandsAlone(SimpleNameSyntax name) =>
        !(name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
        && name.Parent is not (MemberBindingExpressionSyntax or NameColonSyntax)
        && !(name.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment && assignment.Left == name)
        && !(name.Parent is QualifiedNameSyntax qualified && qualified.Right == name);
}
