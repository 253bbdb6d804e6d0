using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>
/// The signals sent to this process, one after the other. While it exists their default actions are off; that the parent
/// ignored them does not count.
/// </summary>
internal sealed class ProcessSignals : IDisposable
{
    private readonly Channel<PosixSignal> _caught = Channel.CreateUnbounded<PosixSignal>();
    private readonly PosixSignalRegistration[] _registrations;

    public ProcessSignals() => _registrations =
    [
        Register(PosixSignal.SIGINT, 2), Register(PosixSignal.SIGTERM, 15), Register(PosixSignal.SIGHUP, 1),
        Register(UserOne, (int)UserOne),
    ];

    /// <summary>SIGUSR1: its number on Linux. The framework takes raw numbers beside its own names.</summary>
    public static PosixSignal UserOne => (PosixSignal)10;

    public ChannelReader<PosixSignal> Caught => _caught.Reader;

    /// <summary>The name that log lines show.</summary>
    public static string Name(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGINT => "interrupt",
        PosixSignal.SIGTERM => "terminated",
        PosixSignal.SIGHUP => "hangup",
        _ => "user defined signal 1",
    };

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, int number)
    {
        SignalActions.StopIgnoring(number);
        return PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            _caught.Writer.TryWrite(signal);
        });
    }
}
