using System.Runtime.InteropServices;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>What the system does with a signal before this process asks for it.</summary>
internal static partial class SignalActions
{
    private const nint Default = 0;
    private const nint Ignore = 1;

    /// <summary>More than any system's description of an action; it begins with the handler.</summary>
    private const int ActionSize = 512;

    /// <summary>
    /// Takes back that the parent ignores a signal, as <c>nohup</c> and shells do for what runs in the background. The
    /// framework respects that and would never report the signal, but an agent that is told to reload or to end has to
    /// listen, however it was started.
    /// </summary>
    /// <param name="signal">Its number on this system.</param>
    public static unsafe void StopIgnoring(int signal)
    {
        byte* action = stackalloc byte[ActionSize];
        if (GetAction(signal, null, action) == 0 && *(nint*)action == Ignore) SetHandler(signal, Default);
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static unsafe partial int GetAction(int signal, byte* set, byte* previous);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);
}
