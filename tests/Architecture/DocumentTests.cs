using System.Text.RegularExpressions;

namespace Consul.Fast.Architecture.Tests;

/// <summary>Documents that lead somewhere: relative links name files of the repository and headings of them.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Relative_links_resolve() => Offences.None(Repository.Files("*.md").SelectMany(BrokenLinks));

    [Fact]
    public void Source_folders_named_in_the_architecture_page_exist() => Offences.None(
        from match in CodePath().Matches(Repository.Read("docs/architecture.md"))
        let path = match.Groups[1].Value.TrimEnd('/')
        where !Directory.Exists(Path.Combine(Repository.Root, path)) && !File.Exists(Path.Combine(Repository.Root, path))
        select $"docs/architecture.md: {path} does not exist");

    [Theory]
    [InlineData("README.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("LICENSE")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/divergence.md")]
    [InlineData("docs/adding-an-endpoint.md")]
    public void The_documents_exist(string path) => Assert.True(File.Exists(Path.Combine(Repository.Root, path)), path);

    private static IEnumerable<string> BrokenLinks(string document)
    {
        foreach (Match match in Link().Matches(Repository.Read(document)))
        {
            string target = match.Groups[1].Value;
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)) continue;
            string[] parts = target.Split('#', 2);
            string path = parts[0].Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, parts[0]);
            string full = Path.GetFullPath(Path.Combine(Repository.Root, path));
            bool inside = full.StartsWith(Repository.Root + "/", StringComparison.Ordinal) || full == Repository.Root;
            if (!inside || (!File.Exists(full) && !Directory.Exists(full))) yield return $"{document}: {target} does not exist";
            else if (parts.Length == 2 && !Anchors(File.ReadAllText(full)).Contains(parts[1])) yield return $"{document}: {target} names no heading";
        }
    }

    private static IEnumerable<string> Anchors(string text) =>
        from match in Heading().Matches(text)
        select NotInAnchor().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"(?<!`)\[[^\]\n]+\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ +(.+?) *$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"`((?:src|tests|perf|docs)/[\w./]+)`")]
    private static partial Regex CodePath();
}
