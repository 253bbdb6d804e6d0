namespace Consul.Fast.Tests.Harness;

/// <summary>One agent for all tests of a class that only need some agent; each uses names of its own.</summary>
public sealed class SharedAgent : IAsyncLifetime
{
    internal Agent Agent { get; private set; } = null!;

    public async Task InitializeAsync() => Agent = await Agent.StartAsync();

    public Task DisposeAsync()
    {
        Agent.Dispose();
        return Task.CompletedTask;
    }
}
