using System.Collections.Concurrent;
using System.Diagnostics;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>The programs below <c>Go/</c>, built with Debian's compiler and its packages of the libraries that Consul uses.</summary>
internal static class GoPrograms
{
    public const string Name = "go";

    private const string Compiler = "/usr/bin/go";
    private const string Packages = "/usr/share/gocode";

    private static readonly string[] NeededPackages = ["yamux", "net-rpc-msgpackrpc", "go-msgpack", "raft"];

    /// <summary>A cold build compiles the standard library.</summary>
    private static readonly TimeSpan BuildDeadline = TimeSpan.FromMinutes(5);

    private static readonly ConcurrentDictionary<string, Lazy<string>> Built = new();

    /// <summary>Why the programs cannot be built; null when they can.</summary>
    public static string? Missing
    {
        get
        {
            if (!File.Exists(Compiler)) return "golang-go is not installed";
            string? package = NeededPackages.FirstOrDefault(
                static name => !Directory.Exists(Path.Combine(Packages, "src/github.com/hashicorp", name)));
            return package is null ? null : $"golang-github-hashicorp-{package}-dev is not installed";
        }
    }

    /// <summary>Runs a program to its end; the text is what it printed.</summary>
    public static async Task<(int Exit, string Text)> RunAsync(string program, params string[] words)
    {
        using Process process = Start(program, words);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await WaitAsync(process, 3 * Until.Deadline, program);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Starts a program that ends when its standard input does; the caller ends it.</summary>
    public static Process Start(string program, params string[] words)
    {
        string file = Built.GetOrAdd(program, static name => new Lazy<string>(() => Build(name))).Value;
        var start = new ProcessStartInfo(file, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static string Build(string program)
    {
        string folder = Leftovers.NewFolder(program);
        string file = Path.Combine(folder, program);
        var start = new ProcessStartInfo(Compiler, ["build", "-o", file, "."])
        {
            RedirectStandardError = true,
            WorkingDirectory = Path.Combine(AppContext.BaseDirectory, "Go", program),
        };
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOPATH"] = Packages;
        start.Environment["GOFLAGS"] = "";
        start.Environment.TryAdd("GOCACHE", Path.Combine(Path.GetTempPath(), "consul-fast-go-cache"));
        start.Environment.TryAdd("HOME", folder);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        WaitAsync(process, BuildDeadline, "go build").GetAwaiter().GetResult();
        return process.ExitCode == 0 ? file : throw new InvalidOperationException($"{program} does not build:\n{error.Result}");
    }

    private static async Task WaitAsync(Process process, TimeSpan deadline, string what)
    {
        using var timeout = new CancellationTokenSource(deadline);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{what} did not end.");
        }
    }
}
