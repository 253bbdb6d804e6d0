namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>A piece of a template.</summary>
internal abstract record TemplateNode;

/// <summary>Text outside braces.</summary>
internal sealed record TextNode(string Text) : TemplateNode;

/// <summary>A pipeline whose value is printed.</summary>
internal sealed record ActionNode(Pipeline Pipeline) : TemplateNode;

/// <summary><c>if</c>, <c>with</c> or <c>range</c> with an optional <c>else</c>.</summary>
internal sealed record BranchNode(string Word, Pipeline Pipeline, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else)
    : TemplateNode;

/// <summary>Commands joined by <c>|</c>, each getting the value of the one before as its last argument.</summary>
/// <param name="Variables">Names the value is given to; for <c>range</c> with two, the first gets the position.</param>
internal sealed record Pipeline(IReadOnlyList<string> Variables, IReadOnlyList<IReadOnlyList<Operand>> Commands);

/// <summary>One word of a command: a literal, <c>.</c>, a variable, a function or a pipeline in parentheses.</summary>
internal sealed record Operand(TemplateToken Token, Pipeline? Nested = null);
