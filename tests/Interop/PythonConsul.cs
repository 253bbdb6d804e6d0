using System.Diagnostics;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>The python-consul client library of Debian, run by the system's Python.</summary>
internal static class PythonConsul
{
    public const string Name = "python3-consul";
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<string?> s_missing = new(FindMissing);

    /// <summary>Why the library cannot be used; null when it can.</summary>
    public static string? Missing => s_missing.Value;

    /// <summary>Runs one scenario of <c>Python/python_consul.py</c>; the text is what it printed.</summary>
    public static (int Exit, string Text) Run(int port, string scenario) =>
        Call(Path.Combine(AppContext.BaseDirectory, "Python", "python_consul.py"), $"{port}", scenario);

    private static string? FindMissing()
    {
        if (!File.Exists(Python)) return $"{Python} is not installed";
        return Call("-c", "import consul").Exit == 0 ? null : $"{Name} is not installed";
    }

    private static (int Exit, string Text) Call(params string[] words)
    {
        var start = new ProcessStartInfo(Python, words) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment.Remove("HTTP_PROXY");
        start.Environment.Remove("http_proxy");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(2 * Until.Deadline))
        {
            process.Kill();
            return (-1, "python did not end");
        }

        return (process.ExitCode, output.Result + error.Result);
    }
}
