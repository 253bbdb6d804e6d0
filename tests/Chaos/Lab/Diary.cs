using System.Diagnostics;
using System.Globalization;
using Consul.Fast.Tests.Harness;
using Xunit.Abstractions;

namespace Consul.Fast.Chaos.Tests.Lab;

/// <summary>
/// What happened when, and the files that tell more. A test that fails leaves both in a folder that its failure names;
/// <c>CONSUL_FAST_CHAOS_LOGS</c> names a folder that gets those of every test. Thread safe.
/// </summary>
internal sealed class Diary
{
    private const string Variable = "CONSUL_FAST_CHAOS_LOGS";
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private readonly List<string> _kept = [];
    private readonly ITestOutputHelper _output;
    private readonly string _name;
    private readonly string _file;

    public Diary(ITestOutputHelper output, string name)
    {
        (_output, _name) = (output, name);
        _file = Path.Combine(Leftovers.NewFolder(name), "diary.log");
        _kept.Add(_file);
    }

    public TimeSpan Now => _watch.Elapsed;

    public void Note(string what)
    {
        string now = DateTime.UtcNow.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        string line = string.Create(CultureInfo.InvariantCulture, $"{now} {_watch.Elapsed.TotalSeconds,8:F3} {what}");
        lock (_gate)
        {
            File.AppendAllText(_file, line + "\n");
            _output.WriteLine(line);
        }
    }

    /// <summary>The path of a file of this test's, which is saved with the diary.</summary>
    public string NewFile(string name)
    {
        string file = Path.Combine(Path.GetDirectoryName(_file)!, name);
        Keep(file);
        return file;
    }

    /// <summary>A file to save with the diary.</summary>
    public void Keep(string file)
    {
        lock (_gate) _kept.Add(file);
    }

    /// <summary>Runs a test; when it fails, its failure says where its files are.</summary>
    public async Task Tell(Func<Task> test)
    {
        try
        {
            await test();
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }) Save();
        }
        catch (Exception fault)
        {
            Note($"FAILED: {fault.Message}");
            throw new InvalidOperationException($"{fault.Message}\nDiary and logs: {Save()}", fault);
        }
    }

    /// <returns>The folder in which the files are now.</returns>
    public string Save()
    {
        string root = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? given
            : Path.Combine(Path.GetTempPath(), "consul-fast-chaos");
        string name = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}-{_name}");
        string folder = Path.Combine(root, name);
        Directory.CreateDirectory(folder);
        lock (_gate)
        {
            foreach (string file in _kept.Where(File.Exists))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            }
        }

        return folder;
    }
}
