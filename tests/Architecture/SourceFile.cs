using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Consul.Fast.Architecture.Tests;

/// <summary>One parsed C# file.</summary>
internal sealed record SourceFile(string Path, string Text, CompilationUnitSyntax Tree)
{
    /// <summary><c>Net</c> for <c>src/Net/…</c>; empty outside <c>src</c>.</summary>
    public string Project => Path.Split('/') is ["src", var project, _, ..] ? project : "";

    public static SourceFile Of(string path, string text) => new(path, text, CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot());

    /// <summary><c>src/Net/X.cs(12): what</c></summary>
    public string At(SyntaxNode node, string what) => $"{Path}({node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}): {what}";
}
