using Consul.Fast.Chaos.Tests.Lab;

namespace Consul.Fast.Chaos.Tests;

/// <summary>
/// A test in network namespaces, which only the superuser can make. Elsewhere it is skipped with the reason, unless
/// <c>CONSUL_FAST_REQUIRE_PEERS=1</c> says that it has to run; then it runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabFactAttribute : FactAttribute
{
    public LabFactAttribute() => Skip = LabMachine.SkipReason;
}

/// <summary>The same for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabTheoryAttribute : TheoryAttribute
{
    public LabTheoryAttribute() => Skip = LabMachine.SkipReason;
}
