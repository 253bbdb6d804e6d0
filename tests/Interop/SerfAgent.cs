using System.Diagnostics;
using System.Net;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>An agent of Debian's serf, killed at the end.</summary>
internal sealed class SerfAgent : IAsyncDisposable
{
    public const string Name = "serf";
    private const string Program = "/usr/bin/serf";
    private static readonly TimeSpan s_callLimit = TimeSpan.FromSeconds(20);
    private readonly Process _process;
    private readonly ProcessOutput _output;
    private readonly string _rpc;
    private readonly string? _island;

    private SerfAgent(Process process, IPEndPoint address, string rpc, string? island, string eventFile)
    {
        _process = process;
        _output = new ProcessOutput(process);
        _rpc = rpc;
        _island = island;
        Address = address;
        EventFile = eventFile;
    }

    /// <summary>Why serf cannot be used; null when it can.</summary>
    public static string? Missing => File.Exists(Program) ? null : $"{Program} is not installed";

    public IPEndPoint Address { get; }

    /// <summary>What it logged.</summary>
    public string Output => _output.Text;

    /// <summary>One user event a line.</summary>
    private string EventFile { get; }

    public static Task<SerfAgent> StartAsync(string node, params string[] more) =>
        StartAsync(node, new IPEndPoint(IPAddress.Loopback, Ports.Free()), null, more);

    /// <param name="island">Network namespace it lives in; null for the one of this process.</param>
    public static async Task<SerfAgent> StartAsync(string node, IPEndPoint address, string? island, params string[] more)
    {
        string rpc = $"{address.Address}:{Ports.Free()}";
        string folder = Leftovers.NewFolder("serf");
        string eventFile = $"{folder}/events";
        string[] words =
        [
            "agent", $"-node={node}", $"-bind={address}", $"-rpc-addr={rpc}", "-profile=local", "-tag", "role=peer", "-log-level=debug",
            "-event-handler", $"query:echo=echo from-{node}", "-event-handler", $"user=echo $SERF_USER_EVENT >> {eventFile}", .. more,
        ];
        Process process = Start(island, words);
        Leftovers.NoteProcess(folder, process.Id);
        var agent = new SerfAgent(process, address, rpc, island, eventFile);
        try
        {
            await Until.True(() => agent.Call("info").Exit == 0, $"serf {node} answers");
            return agent;
        }
        catch (TimeoutException late)
        {
            await agent.DisposeAsync();
            throw new InvalidOperationException($"{late.Message}\n{agent.Output}");
        }
    }

    public bool SawEvent(string name) => File.Exists(EventFile) && File.ReadAllText(EventFile).Contains(name, StringComparison.Ordinal);

    /// <summary>Runs a command of the program against the agent.</summary>
    public (int Exit, string Text) Call(string command, params string[] words)
    {
        using Process process = Start(_island, [command, $"-rpc-addr={_rpc}", .. words]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> text = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_callLimit)) process.Kill();
        return (process.ExitCode, text.Result + error.Result);
    }

    /// <summary>The line of a member: name, address, status and tags; empty when it is unknown.</summary>
    public string Member(string node) =>
        Call("members").Text.Split('\n').FirstOrDefault(line => line.StartsWith(node + " ", StringComparison.Ordinal)) ?? "";

    /// <summary>Status by name, in serf's words.</summary>
    public Dictionary<string, string> Statuses() => Call("members").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(static words => words.Length >= 3)
        .ToDictionary(static words => words[0], static words => words[2], StringComparer.Ordinal);

    public void Pause() => Signal.Send(_process.Id, Signal.Stop);

    public void Resume() => Signal.Send(_process.Id, Signal.Continue);

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

    private static Process Start(string? island, string[] words)
    {
        ProcessStartInfo start = island is null
            ? new ProcessStartInfo(Program, words)
            : new ProcessStartInfo("ip", ["netns", "exec", island, Program, .. words]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return Process.Start(start)!;
    }
}
