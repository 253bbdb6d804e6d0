using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>A client library written for Consul, against this agent.</summary>
public sealed class PythonConsulTests(SharedAgent shared) : IClassFixture<SharedAgent>
{
    [PeerTheory(PythonConsul.Name)]
    [InlineData("key_values")]
    [InlineData("check_and_set")]
    [InlineData("locks")]
    [InlineData("services")]
    [InlineData("ttl_checks")]
    [InlineData("blocking_reads")]
    [InlineData("transactions")]
    [InlineData("catalog_and_status")]
    [InlineData("maintenance")]
    public void Scenario_passes(string scenario)
    {
        (int exit, string text) = PythonConsul.Run(shared.Agent.HttpPort, scenario);
        Assert.True(exit == 0, text);
    }
}
