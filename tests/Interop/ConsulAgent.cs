using System.Diagnostics;
using System.Globalization;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>
/// An agent of Consul on loopback, killed at the end. Where its program is says <c>CONSUL_FAST_PEER_CONSUL</c>, and without that
/// the search path.
/// </summary>
internal sealed class ConsulAgent : IAsyncDisposable
{
    public const string Name = "consul";

    private const string Variable = "CONSUL_FAST_PEER_CONSUL";

    private static readonly string? Program = Find();

    private readonly Process _process;

    private ConsulAgent(Process process, string node, int httpPort, int lanPort)
    {
        _process = process;
        Node = node;
        LanPort = lanPort;
        Api = new Api($"http://127.0.0.1:{httpPort}");
        HttpAddress = $"127.0.0.1:{httpPort}";
    }

    /// <summary>Why Consul cannot be used; null when it can.</summary>
    public static string? Missing => Program is null ? $"no consul on the search path or in {Variable}" : null;

    public string Node { get; }

    public int LanPort { get; }

    public string HttpAddress { get; }

    public Api Api { get; }

    /// <summary>A server that leads when this returns, or a client.</summary>
    public static async Task<ConsulAgent> StartAsync(string node, bool isServer, params string[] more)
    {
        int[] ports = [.. Enumerable.Range(0, 4).Select(static _ => Ports.Free())];
        string folder = Leftovers.NewFolder(node);
        string config = Path.Combine(folder, "config.json");
        await File.WriteAllTextAsync(config, string.Create(CultureInfo.InvariantCulture, $$$"""
            {"ports":{"http":{{{ports[0]}}},"server":{{{ports[1]}}},"serf_lan":{{{ports[2]}}},"serf_wan":{{{ports[3]}}},"dns":-1,"grpc":-1},
             "disable_update_check":true}
            """));
        string[] role = isServer ? ["-server", "-bootstrap-expect=1"] : [];
        string[] words = ["agent", $"-node={node}", "-bind=127.0.0.1", $"-data-dir={folder}/data", $"-config-file={config}", .. role, .. more];
        var start = new ProcessStartInfo(Program!, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start)!;
        Leftovers.NoteProcess(folder, process.Id);
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var agent = new ConsulAgent(process, node, ports[0], ports[2]);
        await Until.True(() => agent.Api.HasLeader(), "a leader");
        return agent;
    }

    /// <summary>Runs a command of Consul's own program against the agent.</summary>
    public async Task<(int Exit, string Text)> RunAsync(params string[] words)
    {
        var start = new ProcessStartInfo(Program!, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CONSUL_HTTP_ADDR"] = HttpAddress;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, text + await error);
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Api.Dispose();
        return default;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return File.Exists(named) ? named : null;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(static folder => Path.Combine(folder, "consul")).FirstOrDefault(File.Exists);
    }
}
