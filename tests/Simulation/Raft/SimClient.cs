using Consul.Fast.Consensus.Core;
using Consul.Fast.Tests.Harness.History;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// Reads and changes registers, one operation after the other, and takes down what it did and saw. It goes to another server
/// when one refuses, and gives up after a while without knowing.
/// </summary>
internal sealed class SimClient(SimCluster cluster, int number, SeededRandom random)
{
    private const int MaxTries = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// The first client mostly reads, and clings to the server it knows as leader: so one that comes back after others have gone
    /// on is asked at once, and must not answer from the past.
    /// </summary>
    private readonly bool _clings = number == 0;

    private readonly ulong[] _seen = new ulong[SimMachine.Registers];
    private SimServer? _favourite;
    private ulong _written;
    private long _attempt;

    /// <summary>Operations that are known to have succeeded.</summary>
    public int Succeeded { get; private set; }

    public bool Stopped { get; set; }

    public void Start() => cluster.Time.After(random.Spread(TimeSpan.FromMilliseconds(20)), Begin);

    private void Begin()
    {
        if (Stopped) return;
        int register = (int)random.Below(SimMachine.Registers);
        string key = Key(register);
        switch (random.Below(8))
        {
            case ulong kind when kind < (_clings ? 7u : 3u):
                Recorder.OpenOperation read = cluster.History.BeginRead(number, key);
                Try(0, (server, answer) => server.Read(register, answer), (outcome, value) => EndRead(read, register, outcome, value));
                break;
            case < 6:
                Change(register, null);
                break;
            default:
                Change(register, random.Below(4) == 0 ? 0 : _seen[register]);
                break;
        }
    }

    private void Change(int register, ulong? expected)
    {
        ulong value = ((ulong)(number + 1) << 32) | ++_written;
        SimCommand command = new(register, value, expected);
        string key = Key(register);
        Recorder.OpenOperation operation = expected is { } old
            ? cluster.History.BeginCompareAndSet(number, key, Text(old), Text(value))
            : cluster.History.BeginWrite(number, key, Text(value));
        Try(
            0,
            (server, answer) => server.Propose(command, outcome => answer(outcome, 0)),
            (outcome, _) => EndChange(operation, register, value, outcome));
    }

    private void EndRead(Recorder.OpenOperation operation, int register, RequestOutcome outcome, ulong value)
    {
        if (outcome == RequestOutcome.Done)
        {
            operation.Returned(Text(value));
            _seen[register] = value;
            Succeeded++;
        }

        Start();
    }

    private void EndChange(Recorder.OpenOperation operation, int register, ulong value, RequestOutcome outcome)
    {
        switch (outcome)
        {
            case RequestOutcome.Done:
                operation.Done();
                _seen[register] = value;
                Succeeded++;
                break;
            case RequestOutcome.Mismatched:
                operation.Mismatched();
                break;
            case RequestOutcome.Refused:
                operation.HadNoEffect();
                break;
        }

        Start();
    }

    /// <summary>Sends to one server after the other while they refuse.</summary>
    private void Try(int tries, Action<SimServer, Action<RequestOutcome, ulong>> send, Action<RequestOutcome, ulong> end)
    {
        long attempt = ++_attempt;
        SimServer server = _favourite ?? cluster.Servers[random.Below((ulong)cluster.Servers.Length)];
        cluster.Time.After(random.Spread(Patience), () => Answer(RequestOutcome.Unknown, 0));
        cluster.Network.CarryForClient(() =>
        {
            if (!server.IsUp && server.RefusesQuickly) Answer(RequestOutcome.Refused, 0);
            else send(server, (outcome, value) => cluster.Network.CarryForClient(() => Answer(outcome, value)));
        });

        void Answer(RequestOutcome outcome, ulong value)
        {
            if (attempt != _attempt) return;
            _attempt++;
            bool answered = outcome is RequestOutcome.Done or RequestOutcome.Mismatched;
            _favourite = answered || (_clings && outcome == RequestOutcome.Unknown && random.Below(16) > 0) ? server : null;
            if (outcome == RequestOutcome.Refused && tries < MaxTries && !Stopped)
            {
                cluster.Time.After(random.Spread(TimeSpan.FromMilliseconds(10)), () => Try(tries + 1, send, end));
            }
            else
            {
                end(outcome, value);
            }
        }
    }

    public static string Key(int register) => $"r{register}";

    /// <summary>A value as it stands in the history; null for what nobody has written.</summary>
    public static string? Text(ulong value) => value == 0 ? null : $"{value >> 32}.{(uint)value}";
}
