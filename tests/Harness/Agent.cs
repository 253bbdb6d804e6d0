using System.Diagnostics;
using System.Globalization;

namespace Consul.Fast.Tests.Harness;

/// <summary>One running agent, its ports and its folder. Disposing ends the process and removes the folder, whatever happened.</summary>
internal sealed class Agent : IDisposable
{
    private readonly AgentOptions _options;
    private readonly string _folder;
    private readonly int[] _ports;
    private Process? _process;

    private Agent(AgentOptions options)
    {
        _options = options;
        _folder = Leftovers.NewFolder(options.NodeName);
        DataDir = options.DataDir ?? Path.Combine(_folder, "data");
        _ports = [.. Enumerable.Range(0, 5).Select(_ => Ports.Free())];
        Api = new Api($"http://127.0.0.1:{HttpPort}");
    }

    public string DataDir { get; }

    public string Folder => _folder;

    public string ConfigFile => Path.Combine(_folder, "config.json");

    public int HttpPort => _ports[0];

    public int ServerPort => _ports[2];

    public int LanPort => _ports[3];

    public int WanPort => _ports[4];

    /// <summary>Where others join this agent.</summary>
    public string LanAddress => $"127.0.0.1:{LanPort}";

    public string Name => _options.NodeName;

    public string HttpAddress => $"127.0.0.1:{HttpPort}";

    public Api Api { get; }

    public ProcessOutput Output { get; private set; } = null!;

    public int ProcessId => _process!.Id;

    /// <summary>Starts an agent and waits until it leads.</summary>
    public static async Task<Agent> StartAsync(AgentOptions? options = null)
    {
        Agent agent = Launch(options);
        try
        {
            await agent.WaitForLeader();
            return agent;
        }
        catch
        {
            agent.Dispose();
            throw;
        }
    }

    /// <summary>Starts an agent and waits for nothing.</summary>
    public static Agent Launch(AgentOptions? options = null)
    {
        var agent = new Agent(options ?? new AgentOptions());
        if (agent._options.Config is { } config) File.WriteAllText(agent.ConfigFile, config);
        agent.Start();
        return agent;
    }

    /// <summary>Starts the program again with the same arguments, on the same data.</summary>
    public async Task RestartAsync()
    {
        Start();
        await WaitForLeader();
    }

    public void Start()
    {
        string[] words = [.. _options.Wrapper, ProgramFile.FullPath, .. Arguments()];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        // It is ours, and no setting of an agent.
        start.Environment.Remove(ProgramFile.Variable);
        foreach ((string name, string value) in _options.Environment) start.Environment[name] = value;
        _process?.Dispose();
        _process = Process.Start(start)!;
        Leftovers.NoteProcess(_folder, _process.Id);
        Output = new ProcessOutput(_process);
    }

    public async Task WaitForLeader()
    {
        try
        {
            await Until.True(
                () => _process!.HasExited ? throw new InvalidOperationException("The agent ended.") : Api.HasLeader(), "a leader");
        }
        catch (Exception fault) when (fault is TimeoutException or InvalidOperationException)
        {
            throw new InvalidOperationException($"{fault.Message}\n{Output.Text}", fault);
        }
    }

    public void Send(int signal) => Signal.Send(ProcessId, signal);

    /// <summary>kill -9, and the end of the process.</summary>
    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await WaitForExit();
    }

    /// <summary>The exit code, once the process has ended and all of its output is read.</summary>
    public async Task<int> WaitForExit(TimeSpan? deadline = null)
    {
        using var timeout = new CancellationTokenSource(deadline ?? Until.Deadline);
        try
        {
            await _process!.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The agent did not end.\n{Output.Text}");
        }

        return _process.ExitCode;
    }

    /// <summary>Runs a command of the program against this agent.</summary>
    public Task<CommandResult> Run(params string[] words) =>
        CommandResult.Of(words, new() { ["CONSUL_HTTP_ADDR"] = HttpAddress }, _folder);

    public void Dispose()
    {
        if (_process is { HasExited: false }) _process.Kill();
        _process?.WaitForExit(TimeSpan.FromSeconds(5));
        _process?.Dispose();
        Api.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // Something is still mounted or being written there; the sweep at the end of the run removes it.
        }
    }

    private string[] Arguments()
    {
        string Port(int index) => _ports[index].ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["agent", $"-http-port={Port(0)}", $"-dns-port={Port(1)}", $"-server-port={Port(2)}",
            $"-serf-lan-port={Port(3)}", $"-serf-wan-port={Port(4)}"];
        if (_options.Server)
        {
            arguments = [.. arguments, "-server", "-bootstrap-expect=1", "-bind=127.0.0.1", "-client=127.0.0.1",
                $"-node={_options.NodeName}", $"-data-dir={DataDir}"];
        }

        if (_options.Config is not null) arguments = [.. arguments, $"-config-file={ConfigFile}"];
        return [.. arguments, .. _options.Flags];
    }
}
