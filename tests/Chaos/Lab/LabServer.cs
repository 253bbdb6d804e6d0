using System.Diagnostics;
using System.Globalization;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Chaos.Tests.Lab;

/// <summary>One server: a process in a namespace of its own, with a disk of its own, that can be started again and again.</summary>
internal sealed class LabServer : IDisposable
{
    /// <summary>Name of the folder on which the disk is mounted.</summary>
    public const string DiskName = "disk";

    private readonly string _folder;
    private readonly string _namespace;
    private readonly string _configFile;
    private Process? _process;

    /// <param name="network">A network that has a namespace for this server.</param>
    /// <param name="config">Content of the configuration file.</param>
    public LabServer(int index, LabNetwork network, string config, int diskMegabytes)
    {
        Index = index;
        Name = string.Create(CultureInfo.InvariantCulture, $"s{index + 1}");
        Address = network.Address(index);
        _namespace = network.Namespace(index);
        _folder = Leftovers.NewFolder(Name);
        _configFile = Path.Combine(_folder, "config.json");
        File.WriteAllText(_configFile, config);
        Http = new LabHttp(Address, TimeSpan.FromSeconds(2));
        Disk = LabDisk.Create(Path.Combine(_folder, DiskName), diskMegabytes);
    }

    /// <summary>From 0.</summary>
    public int Index { get; }

    public string Name { get; }

    public string Address { get; }

    public LabDisk Disk { get; }

    /// <summary>For questions of the test itself: waits two seconds at most.</summary>
    public LabHttp Http { get; }

    /// <summary>What all processes of this server printed.</summary>
    public string LogFile => Path.Combine(_folder, $"{Name}.log");

    /// <summary>False between the moments at which the test ends and starts it.</summary>
    public bool IsMeantToRun { get; private set; }

    public bool IsPaused { get; private set; }

    public bool HasEnded => _process is null or { HasExited: true };

    public void Start()
    {
        string[] agent =
        [
            ProgramFile.FullPath, "agent", "-server", $"-node={Name}", $"-bind={Address}", $"-client={Address}",
            $"-data-dir={Path.Combine(Disk.Path, "data")}", $"-config-file={_configFile}",
        ];
        // Each program becomes the next one: the process started here is the server.
        string[] words = ["-c", "exec \"$@\" >>\"$0\" 2>&1", LogFile, "nsenter", $"--net=/run/netns/{_namespace}", .. agent];
        var start = new ProcessStartInfo("/bin/sh", words) { WorkingDirectory = _folder };
        // They are ours, and no settings of an agent.
        foreach (string name in start.Environment.Keys.Where(IsOurs).ToArray()) start.Environment.Remove(name);
        _process?.Dispose();
        _process = Process.Start(start)!;
        Leftovers.NoteProcess(_folder, _process.Id);
        IsMeantToRun = true;
        IsPaused = false;
    }

    /// <summary>kill -9, and the end of the process.</summary>
    public Task KillAsync() => EndAsync(Signal.Kill);

    /// <summary>The end that an operator asks for; the server stays a member of the cluster.</summary>
    public Task TerminateAsync() => EndAsync(Signal.Terminate);

    public void Pause()
    {
        Signal.Send(_process!.Id, Signal.Stop);
        IsPaused = true;
    }

    public void Continue()
    {
        Signal.Send(_process!.Id, Signal.Continue);
        IsPaused = false;
    }

    /// <summary>Null when it does not answer.</summary>
    public async Task<RaftState?> RaftAsync() =>
        (await Http.Get("/v1/agent/self")).Answer is { Status: 200 } answer ? RaftState.Of(answer.Json) : null;

    /// <summary>Ids of the servers that vote, as this server knows it; null when it does not answer.</summary>
    public async Task<IReadOnlyList<string>?> VotersAsync()
    {
        Reply reply = await Http.Get("/v1/operator/raft/configuration?stale");
        if (reply.Answer is not { Status: 200 } answer) return null;
        return
        [
            .. answer.Json.GetProperty("Servers").EnumerateArray().Where(static each => each.GetProperty("Voter").GetBoolean())
                .Select(static each => each.GetProperty("Node").GetString()!).Order(StringComparer.Ordinal),
        ];
    }

    public string LogText => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    public void Dispose()
    {
        Disk.GoOn();
        if (!HasEnded) _process!.Kill();
        _process?.WaitForExit(TimeSpan.FromSeconds(10));
        _process?.Dispose();
        Http.Dispose();
        Disk.Dispose();
    }

    private static bool IsOurs(string variable) => variable.StartsWith("CONSUL_FAST_", StringComparison.Ordinal);

    private async Task EndAsync(int signal)
    {
        IsMeantToRun = false;
        if (!HasEnded) Signal.Send(_process!.Id, signal);
        using var timeout = new CancellationTokenSource(Until.Deadline);
        try
        {
            await _process!.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name} did not end on signal {signal}.");
        }
    }
}
