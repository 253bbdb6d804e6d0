using System.Diagnostics;

namespace Consul.Fast.Tests.Harness;

/// <summary>A finished call of the program.</summary>
internal sealed record CommandResult(int Exit, string Out, string Error)
{
    public static async Task<CommandResult> Of(string[] words, Dictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(ProgramFile.FullPath, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach ((string name, string value) in environment ?? []) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(Until.Deadline);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"consul-fast {string.Join(' ', words)} did not end.");
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }
}
