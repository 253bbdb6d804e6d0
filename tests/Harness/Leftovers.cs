using System.Diagnostics;
using System.Globalization;

namespace Consul.Fast.Tests.Harness;

/// <summary>
/// The folder in which this test run keeps everything, and the sweeping of what a run that was killed left behind:
/// its processes (known by id and by the folder in their command line) and its folders.
/// </summary>
internal static class Leftovers
{
    private const string Prefix = "consul-fast-tests-";
    private const string ProcessFile = "pid";
    private static readonly Lazy<string> s_root = new(Create);
    private static int s_next;

    /// <summary>A new empty folder, removed at the end of the run at the latest.</summary>
    public static string NewFolder(string name)
    {
        string folder = Path.Combine(s_root.Value, $"{Interlocked.Increment(ref s_next)}-{name}");
        Directory.CreateDirectory(folder);
        return folder;
    }

    public static void NoteProcess(string folder, int processId) =>
        File.WriteAllText(Path.Combine(folder, ProcessFile), processId.ToString(CultureInfo.InvariantCulture));

    private static string Create()
    {
        foreach (string old in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            string owner = Path.GetFileName(old)[Prefix.Length..];
            if (int.TryParse(owner, CultureInfo.InvariantCulture, out int id) && !Directory.Exists($"/proc/{id}")) Sweep(old);
        }

        string root = Path.Combine(Path.GetTempPath(), Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(root);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Sweep(root);
        return root;
    }

    private static void Sweep(string root)
    {
        foreach (string file in Directory.GetFiles(root, ProcessFile, SearchOption.AllDirectories))
        {
            string commandLine = $"/proc/{File.ReadAllText(file)}/cmdline";
            if (!File.Exists(commandLine) || !File.ReadAllText(commandLine).Contains(root, StringComparison.Ordinal)) continue;
            using Process process = Process.GetProcessById(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));
            process.Kill();
            process.WaitForExit(TimeSpan.FromSeconds(5));
        }

        try
        {
            Directory.Delete(root, recursive: true);
        }
        catch (IOException)
        {
            // A file system is still mounted there; the next run tries again.
        }
    }
}
