using System.Diagnostics;

namespace Consul.Fast.Tests.Harness;

/// <summary>Waiting for a condition with a deadline.</summary>
internal static class Until
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static Task True(Func<bool> condition, string what, TimeSpan? deadline = null) =>
        True(() => Task.FromResult(condition()), what, deadline);

    /// <summary>Asks again and again until the answer is yes; fails the test at the deadline.</summary>
    public static async Task True(Func<Task<bool>> condition, string what, TimeSpan? deadline = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > (deadline ?? Deadline)) throw new TimeoutException($"Waited {watch.Elapsed.TotalSeconds:F1} s for: {what}");
            await Task.Delay(s_pause);
        }
    }
}
