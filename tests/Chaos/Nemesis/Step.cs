using System.Globalization;

namespace Consul.Fast.Chaos.Tests.Nemesis;

/// <summary>One fault of a schedule, or two at a time.</summary>
/// <param name="Faults">With how many victims each; victims are not shared.</param>
/// <param name="LeaderFirst">True when the leader of that moment is the first victim.</param>
/// <param name="Order">In which order the other servers become victims.</param>
/// <param name="Hold">How long it lasts.</param>
/// <param name="Rest">How long nothing happens afterwards.</param>
/// <param name="AwaitRecovery">True when the next step waits until clients are served again.</param>
internal sealed record Step(
    IReadOnlyList<(Fault Fault, int Victims)> Faults,
    bool LeaderFirst,
    IReadOnlyList<int> Order,
    TimeSpan Hold,
    TimeSpan Rest,
    bool AwaitRecovery)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{string.Join(" and ", Faults.Select(static each => $"{each.Fault.Name} {each.Victims}"))}"
        + $"{(LeaderFirst ? ", the leader first," : "")} for {Hold.TotalSeconds:F1} s, then {Rest.TotalSeconds:F1} s of rest"
        + $"{(AwaitRecovery ? " and recovery" : "")}");
}
