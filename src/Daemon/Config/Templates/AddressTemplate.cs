using System.Net.NetworkInformation;
using System.Text;

namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>
/// Evaluates address templates such as <c>{{ GetPrivateIP }}</c> on the network interfaces of the host. A text without
/// braces is its own result.
/// </summary>
internal sealed class AddressTemplate(INetworkInterfaces interfaces)
{
    /// <exception cref="TemplateException">The text is no template or does not fit the interfaces.</exception>
    public string Evaluate(string text)
    {
        if (!text.Contains("{{", StringComparison.Ordinal)) return text;
        IReadOnlyList<TemplateNode> nodes = TemplateParser.Parse(text);
        IReadOnlyList<InterfaceAddress> all;
        try
        {
            all = interfaces.List();
        }
        catch (NetworkInformationException e)
        {
            throw new TemplateException($"unable to query interfaces: {e.Message}");
        }

        var run = new Run(all);
        run.Print(nodes, all);
        return run.Result;
    }

    private sealed class Run(IReadOnlyList<InterfaceAddress> all)
    {
        private readonly StringBuilder _result = new();
        private readonly Dictionary<string, object> _variables = new(StringComparer.Ordinal) { ["$"] = all };

        public string Result => _result.ToString();

        public void Print(IReadOnlyList<TemplateNode> nodes, object dot)
        {
            foreach (TemplateNode node in nodes)
            {
                switch (node)
                {
                    case TextNode text: _result.Append(text.Text); break;
                    case ActionNode action:
                        object value = Evaluate(action.Pipeline, dot);
                        if (action.Pipeline.Variables.Count == 0) _result.Append(TemplateValue.Format(value));
                        break;
                    case BranchNode branch: PrintBranch(branch, dot); break;
                }
            }
        }

        private void PrintBranch(BranchNode branch, object dot)
        {
            object value = Evaluate(branch.Pipeline, dot);
            if (!TemplateValue.IsTrue(value)) Print(branch.Else, dot);
            else if (branch.Word == "if") Print(branch.Body, dot);
            else if (branch.Word == "with") Print(branch.Body, value);
            else PrintRange(branch, value);
        }

        private void PrintRange(BranchNode branch, object value)
        {
            if (value is not IReadOnlyList<InterfaceAddress> list)
            {
                throw new TemplateException($"range can't iterate over {TemplateValue.Format(value)}");
            }

            IReadOnlyList<string> variables = branch.Pipeline.Variables;
            for (int i = 0; i < list.Count; i++)
            {
                if (variables.Count > 1) _variables[variables[0]] = (long)i;
                if (variables.Count > 0) _variables[variables[^1]] = list[i];
                Print(branch.Body, list[i]);
            }
        }

        private object Evaluate(Pipeline pipeline, object dot)
        {
            object? value = null;
            foreach (IReadOnlyList<Operand> command in pipeline.Commands) value = EvaluateCommand(command, dot, value);
            foreach (string variable in pipeline.Variables) _variables[variable] = value!;
            return value!;
        }

        private object EvaluateCommand(IReadOnlyList<Operand> command, object dot, object? piped)
        {
            if (command[0].Token.Kind != TemplateTokenKind.Word)
            {
                if (command.Count == 1 && piped is null) return EvaluateOperand(command[0], dot);
                throw new TemplateException($"can't give argument to non-function {command[0].Token.Text}");
            }

            var arguments = new List<object>();
            foreach (Operand operand in command.Skip(1)) arguments.Add(EvaluateOperand(operand, dot));
            if (piped is not null) arguments.Add(piped);
            return TemplateFunctions.Call(command[0].Token.Text, arguments, all);
        }

        private object EvaluateOperand(Operand operand, object dot) => operand.Token.Kind switch
        {
            TemplateTokenKind.Text => operand.Token.Text,
            TemplateTokenKind.Number => operand.Token.Number,
            TemplateTokenKind.Dot => dot,
            TemplateTokenKind.Open => Evaluate(operand.Nested!, dot),
            TemplateTokenKind.Variable => _variables.GetValueOrDefault(operand.Token.Text)
                ?? throw new TemplateException($"undefined variable \"{operand.Token.Text}\""),
            _ => TemplateFunctions.Call(operand.Token.Text, [], all),
        };
    }
}
