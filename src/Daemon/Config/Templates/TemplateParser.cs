namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>Reads a template: text with actions in double braces.</summary>
internal sealed class TemplateParser
{
    /// <summary>Deeper nesting is refused before it can exhaust the stack.</summary>
    private const int MaxDepth = 64;

    private static readonly TemplateToken End = new(TemplateTokenKind.End, "EOF");

    private readonly List<object> _pieces;
    private int _next;
    private int _depth;

    private TemplateParser(List<object> pieces) => _pieces = pieces;

    /// <exception cref="TemplateException">The text is no template.</exception>
    public static IReadOnlyList<TemplateNode> Parse(string text)
    {
        var parser = new TemplateParser(Split(text));
        IReadOnlyList<TemplateNode> nodes = parser.ReadBody(out string closing);
        return closing.Length == 0 ? nodes : throw new TemplateException($"unexpected {{{{{closing}}}}}");
    }

    /// <summary>Pieces are texts and the token lists of actions.</summary>
    private static List<object> Split(string text)
    {
        var pieces = new List<object>();
        int position = 0;
        bool trimNext = false;
        while (true)
        {
            int open = text.IndexOf("{{", position, StringComparison.Ordinal);
            string plain = open < 0 ? text[position..] : text[position..open];
            if (trimNext) plain = plain.TrimStart();
            if (open < 0)
            {
                pieces.Add(plain);
                return pieces;
            }

            int close = FindClose(text, open + 2);
            string inside = text[(open + 2)..close];
            bool trimBefore = inside.Length > 1 && inside[0] == '-' && char.IsWhiteSpace(inside[1]);
            trimNext = inside.Length > 1 && inside[^1] == '-' && char.IsWhiteSpace(inside[^2]);
            if (trimBefore) inside = inside[1..];
            if (trimNext) inside = inside[..^1];
            pieces.Add(trimBefore ? plain.TrimEnd() : plain);
            string content = inside.Trim();
            if (!(content.StartsWith("/*", StringComparison.Ordinal) && content.EndsWith("*/", StringComparison.Ordinal)))
            {
                pieces.Add(TemplateLexer.Read(inside));
            }

            position = close + 2;
        }
    }

    /// <summary>The place of the closing braces; those inside a quoted text do not count.</summary>
    private static int FindClose(string text, int position)
    {
        char quote = '\0';
        for (; position < text.Length; position++)
        {
            char c = text[position];
            if (quote == '"' && c == '\\') position++;
            else if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '"' or '`') quote = c;
            else if (c == '}' && position + 1 < text.Length && text[position + 1] == '}') return position;
        }

        throw new TemplateException("unclosed action");
    }

    private List<TemplateNode> ReadBody(out string closing)
    {
        if (++_depth > MaxDepth) throw new TemplateException("nested too deeply");
        var nodes = new List<TemplateNode>();
        closing = "";
        while (_next < _pieces.Count)
        {
            object piece = _pieces[_next++];
            if (piece is string text)
            {
                if (text.Length > 0) nodes.Add(new TextNode(text));
                continue;
            }

            var tokens = new Tokens((List<TemplateToken>)piece);
            string word = tokens.Peek is { Kind: TemplateTokenKind.Word } first ? first.Text : "";
            if (word is "end" or "else")
            {
                closing = word;
                break;
            }

            nodes.Add(word is "if" or "with" or "range" ? ReadBranch(tokens) : new ActionNode(ReadWhole(tokens)));
        }

        _depth--;
        return nodes;
    }

    private BranchNode ReadBranch(Tokens tokens)
    {
        string word = tokens.Take().Text;
        Pipeline pipeline = ReadWhole(tokens);
        List<TemplateNode> body = ReadBody(out string closing);
        List<TemplateNode> otherwise = [];
        if (closing == "else") otherwise = ReadBody(out closing);
        return closing == "end" ? new BranchNode(word, pipeline, body, otherwise) : throw new TemplateException("unexpected EOF");
    }

    private Pipeline ReadWhole(Tokens tokens)
    {
        Pipeline pipeline = ReadPipeline(tokens);
        return tokens.Peek.Kind == TemplateTokenKind.End ? pipeline
            : throw new TemplateException($"unexpected \"{tokens.Peek.Text}\" in command");
    }

    private Pipeline ReadPipeline(Tokens tokens)
    {
        if (++_depth > MaxDepth) throw new TemplateException("nested too deeply");
        var variables = new List<string>();
        if (tokens.DeclaresVariables) ReadVariables(tokens, variables);
        var commands = new List<IReadOnlyList<Operand>>();
        do
        {
            if (commands.Count > 0) tokens.Take();
            commands.Add(ReadCommand(tokens));
        }
        while (tokens.Peek.Kind == TemplateTokenKind.Pipe);
        _depth--;
        return new Pipeline(variables, commands);
    }

    private static void ReadVariables(Tokens tokens, List<string> variables)
    {
        while (tokens.Peek.Kind != TemplateTokenKind.Declare)
        {
            TemplateToken token = tokens.Take();
            if (token.Kind == TemplateTokenKind.Variable) variables.Add(token.Text);
        }

        tokens.Take();
    }

    private List<Operand> ReadCommand(Tokens tokens)
    {
        var operands = new List<Operand>();
        while (tokens.Peek.Kind is not (TemplateTokenKind.End or TemplateTokenKind.Pipe or TemplateTokenKind.Close))
        {
            TemplateToken token = tokens.Take();
            if (token.Kind is TemplateTokenKind.Declare or TemplateTokenKind.Comma)
            {
                throw new TemplateException($"unexpected \"{token.Text}\" in operand");
            }

            if (token.Kind != TemplateTokenKind.Open)
            {
                operands.Add(new Operand(token));
                continue;
            }

            Pipeline nested = ReadPipeline(tokens);
            if (tokens.Take().Kind != TemplateTokenKind.Close) throw new TemplateException("unclosed left paren");
            operands.Add(new Operand(token, nested));
        }

        return operands.Count > 0 ? operands : throw new TemplateException("missing value for command");
    }

    private sealed class Tokens(List<TemplateToken> list)
    {
        private int _next;

        public TemplateToken Peek => _next < list.Count ? list[_next] : End;

        /// <summary><c>$a :=</c> or <c>$a, $b :=</c> comes next.</summary>
        public bool DeclaresVariables
        {
            get
            {
                int i = _next;
                while (i < list.Count && list[i].Kind is TemplateTokenKind.Variable or TemplateTokenKind.Comma) i++;
                return i > _next && i < list.Count && list[i].Kind == TemplateTokenKind.Declare;
            }
        }

        public TemplateToken Take()
        {
            TemplateToken token = Peek;
            _next++;
            return token;
        }
    }
}
