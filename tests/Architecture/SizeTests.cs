using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Consul.Fast.Architecture.Tests;

/// <summary>Small files, small methods, lines that fit a screen.</summary>
public sealed class SizeTests
{
    private const int FileLinesMax = 600;
    private const int MethodLinesMax = 70;
    private const int ColumnsMax = 140;

    /// <summary>Paths that may be longer. Nothing is added here without a reason beside it.</summary>
    private static readonly HashSet<string> s_longFiles = [];

    /// <summary><c>path::Method</c> that may be longer. Nothing is added here without a reason beside it.</summary>
    private static readonly HashSet<string> s_longMethods = [];

    [Fact]
    public void Files_are_short() => Offences.OnlyKnown(
        from file in Repository.Sources
        let lines = file.Text.Count(c => c == '\n')
        where lines > FileLinesMax
        select (file.Path, $"{file.Path}: {lines} lines, at most {FileLinesMax}"),
        s_longFiles);

    [Fact]
    public void Methods_are_short() => Offences.OnlyKnown(Repository.Sources.SelectMany(LongMethods), s_longMethods);

    [Fact]
    public void Lines_fit() => Offences.None(
        from file in Repository.Sources
        from line in file.Text.Split('\n').Select((text, index) => (Text: text, Number: index + 1))
        where file.Project.Length > 0 && line.Text.Length > ColumnsMax && !IsSample(file, line.Text)
        select $"{file.Path}({line.Number}): {line.Text.Length} columns, at most {ColumnsMax}");

    [Fact]
    public void A_long_method_is_found()
    {
        string body = string.Concat(Enumerable.Repeat("    x++;\n", MethodLinesMax));
        Assert.Equal("X.cs::C.M", Assert.Single(LongMethods(SourceFile.Of("X.cs", $"class C {{ void M()\n{{\n{body}}}\n}}"))).Key);
    }

    [Fact]
    public void An_exception_that_is_not_needed_is_found() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Offences.OnlyKnown([], new HashSet<string> { "src/Gone.cs" }));

    /// <summary>Tests hold recorded answers as literals; breaking those would hide what is compared.</summary>
    private static bool IsSample(SourceFile file, string line) =>
        file.Path.StartsWith("tests/", StringComparison.Ordinal) && line.Contains('"', StringComparison.Ordinal);

    private static IEnumerable<(string Key, string What)> LongMethods(SourceFile file)
    {
        foreach (SyntaxNode node in file.Tree.DescendantNodes())
        {
            string? name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier.Text,
                ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
                LocalFunctionStatementSyntax function => function.Identifier.Text,
                AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
                OperatorDeclarationSyntax @operator => @operator.OperatorToken.Text,
                _ => null,
            };
            if (name is null) continue;
            int lines = LineOf(node.GetLastToken()) - LineOf(AfterAttributes(node)) + 1;
            if (lines <= MethodLinesMax) continue;
            string type = node.FirstAncestorOrSelf<BaseTypeDeclarationSyntax>()?.Identifier.Text ?? "";
            yield return ($"{file.Path}::{type}.{name}", file.At(node, $"{type}.{name} has {lines} lines, at most {MethodLinesMax}"));
        }
    }

    private static int LineOf(SyntaxToken token) => token.GetLocation().GetLineSpan().EndLinePosition.Line;

    /// <summary>Test data in attributes is no code.</summary>
    private static SyntaxToken AfterAttributes(SyntaxNode node) =>
        node.ChildNodesAndTokens().First(child => !child.IsKind(SyntaxKind.AttributeList)) is var first && first.IsToken
            ? first.AsToken()
            : first.AsNode()!.GetFirstToken();
}
