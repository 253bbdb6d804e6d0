using Consul.Fast.Daemon.Config;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>The directory that holds the agent's state.</summary>
internal static class DataDirectory
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Creates the directory when it is missing and proves that it can be written.</summary>
    /// <exception cref="ConfigException">It cannot be used; the message names it.</exception>
    public static void Prepare(string path)
    {
        if (File.Exists(path)) throw new ConfigException($"data_dir \"{path}\" is not a directory");
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else Directory.CreateDirectory(path, Mode);
            string probe = Path.Combine(path, $".write-{Environment.ProcessId}.tmp");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"data_dir \"{path}\" cannot be written: {e.Message}", e);
        }
    }
}
