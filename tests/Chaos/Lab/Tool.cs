using System.Diagnostics;

namespace Consul.Fast.Chaos.Tests.Lab;

/// <summary>Programs of the system, called one after the other.</summary>
internal static class Tool
{
    /// <summary>Those of the search path, and those of the superuser, which a search path may lack.</summary>
    public static IReadOnlyList<string> Folders { get; } =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/sbin"];

    /// <exception cref="InvalidOperationException">The program failed; the message has what it said.</exception>
    public static void Run(string program, params string[] words)
    {
        if (!TryRun(out string output, program, words))
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', words)}: {output.Trim()}");
        }
    }

    /// <param name="output">Both streams.</param>
    public static bool TryRun(out string output, string program, params string[] words)
    {
        string path = Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) ?? program;
        var start = new ProcessStartInfo(path, words) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
