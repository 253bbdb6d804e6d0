using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Consul.Fast.Daemon.Checks;

/// <summary>The calls of the C library that make a process with a group of its own.</summary>
internal sealed unsafe partial class ChildProcess
{
    private const int ErrorNoEntry = 2;
    private const int SignalKill = 9;
    private const int SignalPipe = 13;
    private const int WaitNoHang = 1;
    private const int CloseOnExec = 0x80000;
    private const short SpawnSetGroup = 2;
    private const short SpawnSetSignalDefaults = 4;
    private const short SpawnSetSignalMask = 8;

    /// <summary>Larger than the spawn attributes (336 bytes) and file actions (80 bytes) of any C library in use.</summary>
    private const int OpaqueSize = 512;

    /// <summary>The environment never changes while the agent runs, so its native form is built once and never freed.</summary>
    private static readonly byte** NativeEnvironment = ToNative(
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static pair => $"{pair.Key}={pair.Value}").ToArray());

    private static int Spawn(IReadOnlyList<string> args, out int pid, out SafePipeHandle? output)
    {
        pid = 0;
        output = null;
        int* ends = stackalloc int[2];
        if (Pipe2(ends, CloseOnExec) != 0) return Marshal.GetLastPInvokeError();
        output = new SafePipeHandle(ends[0], ownsHandle: true);
        using var input = new SafePipeHandle(ends[1], ownsHandle: true);

        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        byte* signals = stackalloc byte[OpaqueSize];
        byte** arguments = ToNative(args);
        int error = FileActionsInit(actions);
        if (error == 0) error = AttributesInit(attributes);
        if (error == 0) error = Prepare(actions, attributes, signals, ends[1]);
        if (error == 0) error = SpawnPath(out pid, arguments[0], actions, attributes, arguments, NativeEnvironment);
        _ = FileActionsDestroy(actions);
        _ = AttributesDestroy(attributes);
        Free(arguments);
        if (error != 0) output.Dispose();
        return error;
    }

    private static int Prepare(byte* actions, byte* attributes, byte* signals, int output)
    {
        int error = FileActionsOpen(actions, 0, "/dev/null", 0, 0);
        if (error == 0) error = FileActionsDuplicate(actions, output, 1);
        if (error == 0) error = FileActionsDuplicate(actions, output, 2);
        if (error == 0) error = AttributesSetGroup(attributes, 0);
        _ = SignalsEmpty(signals);
        if (error == 0) error = AttributesSetMask(attributes, signals);
        // The runtime ignores broken pipes; an ignored signal would stay ignored in the command.
        _ = SignalsAdd(signals, SignalPipe);
        if (error == 0) error = AttributesSetDefaults(attributes, signals);
        return error != 0 ? error : AttributesSetFlags(attributes, SpawnSetGroup | SpawnSetSignalDefaults | SpawnSetSignalMask);
    }

    /// <summary>A list of texts as a null-terminated array of null-terminated bytes.</summary>
    private static byte** ToNative(IReadOnlyList<string> texts)
    {
        var pointers = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            int length = Encoding.UTF8.GetByteCount(texts[i]);
            pointers[i] = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
            Encoding.UTF8.GetBytes(texts[i], new Span<byte>(pointers[i], length));
        }

        return pointers;
    }

    private static void Free(byte** texts)
    {
        for (int i = 0; texts[i] is not null; i++) NativeMemory.Free(texts[i]);
        NativeMemory.Free(texts);
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int SignalsEmpty(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    private static partial int SignalsAdd(byte* signals, int signal);

    [LibraryImport("libc", EntryPoint = "posix_spawnp")]
    private static partial int SpawnPath(out int pid, byte* file, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileActionsOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int FileActionsDuplicate(byte* actions, int descriptor, int newDescriptor);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    private static partial int AttributesSetGroup(byte* attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int AttributesSetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int AttributesSetDefaults(byte* attributes, byte* signals);
}
