using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Consul.Fast.Daemon.Http;

/// <summary>The file of a listening Unix socket.</summary>
internal static partial class UnixSocketFile
{
    private const uint Unchanged = uint.MaxValue;

    /// <summary>Sets permissions, owner and group as configured.</summary>
    /// <exception cref="IOException">The system refuses, or a name is unknown.</exception>
    public static void Apply(HttpListenAddress listener)
    {
        string path = listener.UnixPath!;
        if (listener.Mode is { } mode && !OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
        if (listener.User.Length == 0 && listener.Group.Length == 0) return;
        uint user = Resolve(listener.User, "/etc/passwd", "user");
        uint group = Resolve(listener.Group, "/etc/group", "group");
        if (ChangeOwner(path, user, group) != 0)
            throw new IOException($"chown {path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    private static uint Resolve(string name, string database, string kind)
    {
        if (name.Length == 0) return Unchanged;
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint id)) return id;
        foreach (string line in File.ReadLines(database))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && fields[0] == name && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out id))
                return id;
        }

        throw new IOException($"{kind}: unknown {kind} {name}");
    }

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
