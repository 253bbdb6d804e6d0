using System.Diagnostics;
using System.Globalization;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>A real Consul agent on loopback, killed at the end. The program is named by <c>CONSUL_FAST_PEER_CONSUL</c>.</summary>
internal sealed class ConsulAgent : IDisposable
{
    public const string Name = "consul";
    private const string Variable = "CONSUL_FAST_PEER_CONSUL";
    private readonly string _folder;
    private readonly string[] _words;
    private Process _process = null!;

    private ConsulAgent(string node, string[] more)
    {
        _folder = Leftovers.NewFolder(node);
        int http = Ports.Free();
        HttpAddress = $"127.0.0.1:{Text(http)}";
        LanPort = Ports.Free();
        WanPort = Ports.Free();
        Api = new Api($"http://{HttpAddress}");
        ServerPort = Ports.Free();
        _words =
        [
            "agent", $"-node={node}", "-bind=127.0.0.1", "-client=127.0.0.1", $"-data-dir={DataDir}", $"-http-port={Text(http)}",
            $"-serf-lan-port={Text(LanPort)}", $"-serf-wan-port={Text(WanPort)}", $"-server-port={Text(ServerPort)}", "-dns-port=-1",
            "-hcl=disable_update_check=true", "-hcl=performance{raft_multiplier=1}",
            "-hcl=gossip_lan{gossip_interval=\"20ms\" probe_interval=\"200ms\" probe_timeout=\"100ms\" suspicion_mult=2}", .. more,
        ];
        Start();
    }

    /// <summary>Why no Consul agent can be used; null when one can.</summary>
    public static string? Missing => File.Exists(Program) ? null : $"{Variable} names no program";

    public string DataDir => Path.Combine(_folder, "data");

    public int ServerPort { get; }

    public int LanPort { get; }

    public int WanPort { get; }

    public string LanAddress => $"127.0.0.1:{Text(LanPort)}";

    public string HttpAddress { get; }

    public Api Api { get; }

    public ProcessOutput Output { get; private set; } = null!;

    private static string? Program => Environment.GetEnvironmentVariable(Variable);

    /// <summary>Starts an agent and waits for nothing.</summary>
    public static ConsulAgent Launch(string node, params string[] more) => new(node, more);

    public static async Task<ConsulAgent> StartAsync(string node, params string[] more)
    {
        var agent = new ConsulAgent(node, more);
        try
        {
            await Until.True(() => agent.Output.Contains("Consul agent running!"), "Consul runs");
            return agent;
        }
        catch (TimeoutException fault)
        {
            agent.Dispose();
            throw new InvalidOperationException(agent.Output.Text, fault);
        }
    }

    /// <summary>Starts the program, again with the same arguments and data.</summary>
    public void Start()
    {
        _process?.Dispose();
        _process = Process.Start(new ProcessStartInfo(Program!, _words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Leftovers.NoteProcess(_folder, _process.Id);
        Output = new ProcessOutput(_process);
    }

    public void Kill()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        Api.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
