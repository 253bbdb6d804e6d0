using System.Runtime.CompilerServices;
using System.Text;
using Consul.Fast.Gossip.Tests.Core.Fakes;

namespace Consul.Fast.Gossip.Tests.Core;

/// <summary>
/// Scenarios in text files: lines beginning with <c>&gt;</c> are run, and what follows is the trace they must give.
/// <c>UPDATE_SNAPSHOTS=1</c> in the environment writes the traces anew; review the difference.
/// </summary>
public sealed class ScriptTests
{
    public static TheoryData<string> Scripts() => [.. Directory.GetFiles(Folder(), "*.txt").Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Scenario_gives_its_trace(string script)
    {
        string path = Path.Combine(Folder(), script);
        string expected = File.ReadAllText(path);
        string actual = Run(expected);
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1") File.WriteAllText(path, actual);
        else Assert.Equal(expected, actual);
    }

    private static string Run(string script)
    {
        ScriptBed bed = new();
        StringBuilder actual = new();
        foreach (string line in script.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                actual.Append(line).Append('\n');
                string trace = bed.Run(line[2..]);
                if (trace.Length > 0) actual.Append(trace).Append('\n');
            }
            else if (line.Length == 0 || line.StartsWith('#'))
            {
                actual.Append(line).Append('\n');
            }
        }

        return actual.ToString();
    }

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Scripts");
}
