using System.Diagnostics;
using System.Globalization;

namespace Consul.Fast.Tests.Harness;

/// <summary>A file system in memory with few bytes; only the superuser can mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null when this user may not mount.</summary>
    public static SmallDisk? TryMount(int megabytes)
    {
        string path = Leftovers.NewFolder("disk");
        return Call("mount", "-t", "tmpfs", "-o", Size(megabytes), "tmpfs", path) ? new SmallDisk(path) : null;
    }

    public void Grow(int megabytes)
    {
        if (!Call("mount", "-o", $"remount,{Size(megabytes)}", Path)) throw new InvalidOperationException("remount failed");
    }

    public void Dispose() => Call("umount", "-l", Path);

    private static string Size(int megabytes) => string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");

    private static bool Call(string program, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
