using System.Diagnostics;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>Waiting with a deadline that a busy machine meets too.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(condition, () => what);

    public static async Task TrueAsync(Func<bool> condition, Func<string> what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Deadline) throw new TimeoutException($"Waited {watch.Elapsed.TotalSeconds:F1} s for {what()}");
            await Task.Delay(5);
        }
    }
}
