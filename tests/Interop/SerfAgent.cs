using System.Diagnostics;
using System.Net;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>An agent of Debian's serf on loopback, killed at the end.</summary>
internal sealed class SerfAgent : IAsyncDisposable
{
    public const string Name = "serf";
    private const string Program = "/usr/bin/serf";
    private readonly Process _process;
    private readonly string _rpc;

    private SerfAgent(Process process, IPEndPoint address, string rpc)
    {
        _process = process;
        Address = address;
        _rpc = rpc;
    }

    /// <summary>Why serf cannot be used; null when it can.</summary>
    public static string? Missing => File.Exists(Program) ? null : $"{Program} is not installed";

    public IPEndPoint Address { get; }

    public static async Task<SerfAgent> StartAsync(string node, params string[] more)
    {
        int port = FreePort(), rpcPort = FreePort();
        string rpc = $"127.0.0.1:{rpcPort}";
        string folder = Leftovers.NewFolder("serf");
        string[] words =
        [
            "agent", $"-node={node}", $"-bind=127.0.0.1:{port}", $"-rpc-addr={rpc}", "-profile=local", "-tag", "role=peer",
            "-event-handler", $"query:echo=echo from-{node}", "-event-handler", $"user=echo $SERF_USER_EVENT >> {folder}/events", .. more,
        ];
        var start = new ProcessStartInfo(Program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start)!;
        Leftovers.NoteProcess(folder, process.Id);
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var agent = new SerfAgent(process, new IPEndPoint(IPAddress.Loopback, port), rpc) { EventFile = $"{folder}/events" };
        await Until.True(() => agent.Call("info").Exit == 0, "serf answers");
        return agent;
    }

    /// <summary>One user event a line.</summary>
    public required string EventFile { get; init; }

    public bool SawEvent(string name) => File.Exists(EventFile) && File.ReadAllText(EventFile).Contains(name, StringComparison.Ordinal);

    /// <summary>Runs a command of the program against the agent.</summary>
    public (int Exit, string Text) Call(string command, params string[] words)
    {
        var start = new ProcessStartInfo(Program, [command, $"-rpc-addr={_rpc}", .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text + error.Result);
    }

    /// <summary>The line of a member: name, address, status and tags; empty when it is unknown.</summary>
    public string Member(string node) =>
        Call("members").Text.Split('\n').FirstOrDefault(line => line.StartsWith(node + " ", StringComparison.Ordinal)) ?? "";

    public void Kill()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _process.Dispose();
        return default;
    }

    private static int FreePort()
    {
        var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }
}
