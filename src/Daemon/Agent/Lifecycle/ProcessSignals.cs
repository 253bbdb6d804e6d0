using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>The signals sent to this process, one after the other. While it exists their default actions are off.</summary>
internal sealed class ProcessSignals : IDisposable
{
    private readonly Channel<PosixSignal> _caught = Channel.CreateUnbounded<PosixSignal>();
    private readonly PosixSignalRegistration[] _registrations;

    public ProcessSignals() => _registrations =
    [
        Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM), Register(PosixSignal.SIGHUP), Register(UserOne),
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

    private PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _caught.Writer.TryWrite(signal);
    });
}
