using System.Collections.Concurrent;
using Consul.Fast.Daemon.Rpc;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>The running checks of the agent by id. Not thread safe, except <see cref="Ttl"/> and the counts: callers take turns.</summary>
internal sealed class CheckSet(CheckEnvironment environment, string localNode, Func<string, string> tokenOf, ICatalog catalog)
{
    private readonly Dictionary<string, (IRunningCheck Runner, CheckDefinition Type)> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TtlCheck> _ttls = new(StringComparer.Ordinal);

    /// <summary>Checks that this agent runs itself.</summary>
    public int Monitors { get; private set; }

    public int Ttls => _ttls.Count;

    /// <summary>
    /// Runs a check. One that runs already with the same definition goes on undisturbed, so that clients may register again
    /// as often as they like; a TTL starts anew.
    /// </summary>
    public void Start(CheckDefinition type, string lastOutput)
    {
        if (_running.TryGetValue(type.Id, out var current))
        {
            if (CheckKinds.SameDefinition(current.Type, type))
            {
                if (current.Runner is TtlCheck) current.Runner.Start();
                return;
            }

            Stop(type.Id);
        }

        IRunningCheck runner = Create(type, lastOutput);
        _running[type.Id] = (runner, type);
        if (runner is TtlCheck ttl) _ttls[type.Id] = ttl;
        Monitors = _running.Count - _ttls.Count;
        runner.Start();
    }

    public void Stop(string checkId)
    {
        if (!_running.Remove(checkId, out var stopped)) return;
        stopped.Runner.Stop();
        _ttls.TryRemove(checkId, out _);
        Monitors = _running.Count - _ttls.Count;
    }

    public void StopAll()
    {
        foreach (string id in _running.Keys.ToArray()) Stop(id);
    }

    /// <summary>The TTL check of that id, or null. Thread safe.</summary>
    public TtlCheck? Ttl(string checkId) => _ttls.GetValueOrDefault(checkId);

    private IRunningCheck Create(CheckDefinition type, string lastOutput) => type.Kind switch
    {
        CheckKind.Ttl => new TtlCheck(environment, type, lastOutput),
        CheckKind.Http => new HttpCheck(environment, type),
        CheckKind.Tcp => new TcpCheck(environment, type),
        CheckKind.Grpc => new GrpcCheck(environment, type),
        CheckKind.H2Ping => new H2PingCheck(environment, type),
        CheckKind.Docker => new DockerCheck(environment, type),
        CheckKind.Script => new ScriptCheck(environment, type),
        CheckKind.Alias when type.AliasNode.Length > 0 && !type.AliasNode.Equals(localNode, StringComparison.OrdinalIgnoreCase) =>
            new RemoteAliasCheck(environment, type, () => tokenOf(type.Id), catalog),
        CheckKind.Alias => new LocalAliasCheck(environment, type),
        _ => throw new InvalidOperationException($"no way to run a check of kind {type.Kind}"),
    };
}
