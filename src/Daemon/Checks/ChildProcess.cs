using System.Buffers;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Consul.Fast.Daemon.Checks;

/// <summary>
/// A command that runs in a process group of its own, so that it can be ended together with everything it started. The
/// framework's process class cannot make such a group. Input is empty; both outputs go to one pipe.
/// </summary>
internal sealed partial class ChildProcess : IDisposable
{
    private static readonly TimeSpan ReapRetryMax = TimeSpan.FromMilliseconds(50);

    private readonly int _pid;
    private readonly AnonymousPipeClientStream _output;

    private ChildProcess(int pid, SafePipeHandle output)
    {
        _pid = pid;
        _output = new AnonymousPipeClientStream(PipeDirection.In, output);
    }

    /// <summary>Starts <paramref name="args"/> without a shell; null and the text of the fault when it cannot be started.</summary>
    public static ChildProcess? Start(IReadOnlyList<string> args, out string error)
    {
        int fault = Spawn(args, out int pid, out SafePipeHandle? output);
        if (fault == 0)
        {
            error = "";
            return new ChildProcess(pid, output!);
        }

        string file = args[0];
        error = fault == ErrorNoEntry && !file.Contains('/', StringComparison.Ordinal)
            ? $"exec: \"{file}\": executable file not found in $PATH"
            : $"fork/exec {file}: {Marshal.GetPInvokeErrorMessage(fault).ToLowerInvariant()}";
        return null;
    }

    /// <summary>Collects the output until its end, then answers the exit code, or -1 when a signal ended the process.</summary>
    public async Task<int> RunToEndAsync(TailBuffer output)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            int read;
            while ((read = await _output.ReadAsync(buffer).ConfigureAwait(false)) > 0) output.Write(buffer.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // The pipe closes a moment before the process can be reaped, or long before when the process closed it itself.
        var wait = TimeSpan.FromMilliseconds(1);
        int code;
        while (!TryReap(out code))
        {
            await Task.Delay(wait).ConfigureAwait(false);
            wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, ReapRetryMax.Ticks));
        }

        return code;
    }

    /// <summary>Ends the process and all its descendants that stayed in its group.</summary>
    public bool KillGroup(out string error)
    {
        bool killed = Kill(-_pid, SignalKill) == 0;
        error = killed ? "" : Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        return killed;
    }

    public void Dispose() => _output.Dispose();

    private bool TryReap(out int code)
    {
        int answer = WaitPid(_pid, out int status, WaitNoHang);
        code = answer == _pid && (status & 0x7f) == 0 ? (status >> 8) & 0xff : -1;
        // An error means that somebody else has reaped it: then its code is lost, and it has ended.
        return answer != 0;
    }
}
