using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Consul.Fast.Architecture.Tests;

/// <summary>Nothing unfinished, nothing switched off, nothing that leans on the world outside the repository.</summary>
public sealed partial class LeftoverTests
{
    private static readonly string[] s_textFiles = ["*.cs", "*.csproj", "*.props", "*.targets", "*.md", "*.json", "*.sh", "*.py", "run"];

    [Fact]
    public void Nothing_is_left_unimplemented() => Offences.None(Repository.Sources.SelectMany(Unimplemented));

    [Fact]
    public void Comments_promise_nothing() => Offences.None(Repository.Sources.SelectMany(Promises));

    [Fact]
    public void No_test_is_switched_off() => Offences.None(
        from file in Repository.Sources
        from attribute in file.Tree.DescendantNodes().OfType<AttributeArgumentSyntax>()
        where attribute.NameEquals?.Name.Identifier.Text == "Skip"
        select file.At(attribute, "a test that never runs"));

    [Fact]
    public void No_path_points_outside_the_repository() => Offences.None(
        from path in s_textFiles.SelectMany(Repository.Files)
        where !path.EndsWith("LeftoverTests.cs", StringComparison.Ordinal)
        from line in Repository.Read(path).Split('\n').Select((text, index) => (Text: text, Number: index + 1))
        where OutsidePath().IsMatch(line.Text)
        select $"{path}({line.Number}): {line.Text.Trim()}");

    [Fact]
    public void Leftovers_are_found()
    {
        Assert.Single(Unimplemented(SourceFile.Of("X.cs", "class C { void M() => throw new NotImplementedException(); }")));
        Assert.Single(Promises(SourceFile.Of("X.cs", "// TODO: later\nclass C { string s = \"TODO\"; }")));
        Assert.Matches(OutsidePath(), "cd /home/me/src");
        Assert.DoesNotMatch(OutsidePath(), "Path /v1/home/one");
    }

    private static IEnumerable<string> Unimplemented(SourceFile file) =>
        from name in file.Tree.DescendantNodes().OfType<IdentifierNameSyntax>()
        where name.Identifier.Text == "NotImplementedException" && name.Parent is ObjectCreationExpressionSyntax
        select file.At(name, "NotImplementedException");

    private static IEnumerable<string> Promises(SourceFile file) =>
        from trivia in file.Tree.DescendantTrivia()
        where trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)
            || trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia)
        where Promise().IsMatch(trivia.ToFullString())
        select $"{file.Path}({trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1}): {trivia.ToString().Trim()}";

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b")]
    private static partial Regex Promise();

    [GeneratedRegex(@"(?<![\w/.*])(/root|/home/\w+|/Users)/\w|[A-Z]:\\Users\\")]
    private static partial Regex OutsidePath();
}
