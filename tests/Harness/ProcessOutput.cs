using System.Diagnostics;
using System.Text;

namespace Consul.Fast.Tests.Harness;

/// <summary>What a process printed so far. The two streams are read by two threads: their order to each other means nothing.</summary>
internal sealed class ProcessOutput
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _errors = new();
    private readonly Lock _gate = new();

    public ProcessOutput(Process process)
    {
        process.OutputDataReceived += (_, line) => Add(line.Data, isError: false);
        process.ErrorDataReceived += (_, line) => Add(line.Data, isError: true);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Both streams, in the order of arrival.</summary>
    public string Text
    {
        get
        {
            lock (_gate) return _text.ToString();
        }
    }

    /// <summary>Standard error alone.</summary>
    public string Errors
    {
        get
        {
            lock (_gate) return _errors.ToString();
        }
    }

    public bool Contains(string part) => Text.Contains(part, StringComparison.Ordinal);

    private void Add(string? line, bool isError)
    {
        if (line is null) return;
        lock (_gate)
        {
            _text.AppendLine(line);
            if (isError) _errors.AppendLine(line);
        }
    }
}
