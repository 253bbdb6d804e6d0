using System.Globalization;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>A client made of Consul's own transport libraries, against the RPC port of this agent.</summary>
public sealed class GoClientTests(SharedAgent shared) : IClassFixture<SharedAgent>
{
    [PeerTheory(GoPrograms.Name)]
    [InlineData("status")]
    [InlineData("catalog")]
    [InlineData("health")]
    [InlineData("key_values")]
    [InlineData("sessions")]
    [InlineData("transactions")]
    [InlineData("internal")]
    [InlineData("operator")]
    [InlineData("large_answers")]
    [InlineData("blocking")]
    [InlineData("many_streams")]
    [InlineData("errors")]
    [InlineData("plain")]
    [InlineData("snapshots")]
    [InlineData("session_life")]
    public async Task Scenario_passes(string scenario)
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{shared.Agent.ServerPort}");
        (int exit, string text) = await GoPrograms.RunAsync("rpcclient", address, scenario);
        Assert.True(exit == 0, text);
    }
}
