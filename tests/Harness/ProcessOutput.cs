using System.Diagnostics;
using System.Text;

namespace Consul.Fast.Tests.Harness;

/// <summary>What a process printed so far; both streams in the order of arrival.</summary>
internal sealed class ProcessOutput
{
    private readonly StringBuilder _text = new();
    private readonly Lock _gate = new();

    public ProcessOutput(Process process)
    {
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Text
    {
        get
        {
            lock (_gate) return _text.ToString();
        }
    }

    public bool Contains(string part) => Text.Contains(part, StringComparison.Ordinal);

    private void Add(string? line)
    {
        if (line is null) return;
        lock (_gate) _text.AppendLine(line);
    }
}
