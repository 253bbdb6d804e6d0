namespace Consul.Fast.Net.Tests.Transport;

/// <summary>Waits for a condition, with a deadline that only a failing test meets.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Limit, what);
            await Task.Delay(2);
        }
    }
}
