using System.Globalization;
using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>A server of a mixed cluster, ours or a real Consul.</summary>
internal sealed class MixedServer : IDisposable
{
    private readonly Agent? _ours;
    private readonly ConsulAgent? _theirs;

    private MixedServer(string name, Agent? ours, ConsulAgent? theirs)
    {
        Name = name;
        _ours = ours;
        _theirs = theirs;
    }

    public string Name { get; }

    public bool IsOurs => _ours is not null;

    public bool Runs { get; private set; } = true;

    public Api Api => _ours?.Api ?? _theirs!.Api;

    public string LanAddress => _ours?.LanAddress ?? _theirs!.LanAddress;

    public string Output => (_ours?.Output ?? _theirs!.Output).Text;

    private int ServerPort => _ours?.ServerPort ?? _theirs!.ServerPort;

    private string DataDir => _ours?.DataDir ?? _theirs!.DataDir;

    /// <param name="join">Where it finds the others; null for the first.</param>
    /// <param name="multiplier">Of Raft's time-outs: the server with the smaller one stands for election first.</param>
    public static MixedServer Launch(string name, bool ours, string? join, int multiplier)
    {
        string scale = multiplier.ToString(CultureInfo.InvariantCulture);
        string[] joining = join is null ? [] : [$"-retry-join={join}", "-retry-interval=1s"];
        if (!ours)
        {
            return new MixedServer(name, null, ConsulAgent.Launch(
                name,
                [
                    "-server", "-bootstrap-expect=3", $"-hcl=performance{{raft_multiplier={scale}}}",
                    "-hcl=raft_snapshot_threshold=50 raft_snapshot_interval=\"500ms\" raft_trailing_logs=10",
                    "-hcl=autopilot{server_stabilization_time=\"1s\"}", .. joining,
                ]));
        }

        string data = Path.Combine(Leftovers.NewFolder(name), "data");
        return new MixedServer(
            name,
            Agent.Launch(new AgentOptions
            {
                NodeName = name,
                Server = false,
                DataDir = data,
                Config = $$"""
                    {
                      "gossip_lan":{"gossip_interval":"20ms","probe_interval":"200ms","probe_timeout":"100ms","suspicion_mult":2},
                      "performance":{"raft_multiplier":{{scale}},"leave_drain_time":"10ms"},
                      "raft_snapshot_threshold":50,"raft_snapshot_interval":"500ms","raft_trailing_logs":10,
                      "autopilot":{"server_stabilization_time":"1s"}
                    }
                    """,
                Flags =
                [
                    "-server", "-bootstrap-expect=3", $"-node={name}", "-bind=127.0.0.1", "-client=127.0.0.1", $"-data-dir={data}",
                    .. joining,
                ],
            }),
            null);
    }

    public async Task KillAsync()
    {
        Runs = false;
        if (_ours is not null) await _ours.KillAsync();
        else _theirs!.Kill();
    }

    /// <summary>Starts it again, with what Raft had on disk or without.</summary>
    public void Restart(bool wiped)
    {
        if (wiped) Directory.Delete(Path.Combine(DataDir, "raft"), recursive: true);
        if (_ours is not null) _ours.Start();
        else _theirs!.Start();
        Runs = true;
    }

    /// <summary>Whether the text of an address is this server's.</summary>
    public bool IsAt(string address) => address.EndsWith($":{ServerPort.ToString(CultureInfo.InvariantCulture)}\"", StringComparison.Ordinal);

    /// <summary>The text of an answer, empty when there is none.</summary>
    public async Task<string> AskAsync(string path)
    {
        try
        {
            Answer answer = await Api.Get(path);
            return answer.Status == 200 ? answer.Text : "";
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    public async Task<bool> PutAsync(string path, string body)
    {
        try
        {
            return (await Api.Put(path, body)).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>An answer with the members of objects in one order.</summary>
    public async Task<string> ContentAsync(string path)
    {
        string text = await AskAsync(path);
        return text.Length == 0 ? "" : Ordered(JsonDocument.Parse(text).RootElement);
    }

    public void Dispose()
    {
        _ours?.Dispose();
        _theirs?.Dispose();
    }

    private static string Ordered(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', json.EnumerateObject()
            .OrderBy(static p => p.Name, StringComparer.Ordinal).Select(static p => $"{p.Name}:{Ordered(p.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', json.EnumerateArray().Select(Ordered))}]",
        _ => json.GetRawText(),
    };
}
