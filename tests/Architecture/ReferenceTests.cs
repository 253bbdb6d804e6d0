using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Consul.Fast.Architecture.Tests;

/// <summary>References between the projects go one way: Net, then Gossip and Consensus, then Storage, then Daemon.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Net"] = [],
        ["Gossip"] = ["Net"],
        ["Consensus"] = ["Net"],
        ["Storage"] = ["Net", "Consensus"],
        ["Daemon"] = ["Net", "Gossip", "Consensus", "Storage"],
    };

    [Fact]
    public void Project_files_refer_downwards_only()
    {
        string[] projects = [.. Repository.Files("*.csproj").Where(path => path.StartsWith("src/", StringComparison.Ordinal))];
        Assert.Equal(s_allowed.Keys.Order(), projects.Select(path => path.Split('/')[1]).Order());
        Offences.None(
            from path in projects
            from reference in XDocument.Parse(Repository.Read(path)).Descendants("ProjectReference")
            let target = reference.Attribute("Include")!.Value.Replace('\\', '/').Split('/')[1]
            where !s_allowed[path.Split('/')[1]].Contains(target)
            select $"{path}: refers to {target}");
    }

    [Fact]
    public void Source_files_name_lower_projects_only() => Offences.None(Repository.Sources.SelectMany(Upward));

    [Fact]
    public void An_upward_reference_is_found()
    {
        Assert.Single(Upward(SourceFile.Of("src/Net/X.cs", "using Consul.Fast.Storage.Log;")));
        Assert.Single(Upward(SourceFile.Of("src/Consensus/X.cs", "class X { Consul.Fast.Daemon.Http.Y? y; }")));
        Assert.Empty(Upward(SourceFile.Of("src/Storage/X.cs", "using Consul.Fast.Net.MsgPack; using Consul.Fast.Storage.Log;")));
    }

    [Fact]
    public void Namespaces_follow_the_project() => Offences.None(
        from file in Repository.Sources
        where file.Project.Length > 0
        from space in file.Tree.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
        where !$"{space.Name}.".StartsWith($"Consul.Fast.{file.Project}.", StringComparison.Ordinal)
        select file.At(space, $"namespace {space.Name} in project {file.Project}"));

    private static IEnumerable<string> Upward(SourceFile file)
    {
        if (file.Project.Length == 0) return [];
        string[] allowed = [.. s_allowed[file.Project], file.Project];
        return from name in file.Tree.DescendantNodes().OfType<NameSyntax>()
               where name is QualifiedNameSyntax && name.Parent is not QualifiedNameSyntax
               let parts = name.ToString().Split('.')
               where parts is ["Consul", "Fast", _, ..] && !allowed.Contains(parts[2])
               select file.At(name, $"{file.Project} must not use {name}");
    }
}
