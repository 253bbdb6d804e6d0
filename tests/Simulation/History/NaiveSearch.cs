using Consul.Fast.Tests.Harness.History;

namespace Consul.Fast.Simulation.Tests.History;

/// <summary>The definition of linearizability tried out on all orders, with nothing clever; for a handful of operations.</summary>
internal static class NaiveSearch
{
    public static bool IsLinearizable(Operation[] history) => Search([.. history], null);

    private static bool Search(List<Operation> left, string? value)
    {
        if (left.All(o => o.IsUnknown)) return true;
        foreach (Operation operation in left)
        {
            if (left.Any(o => o.Returned < operation.Invoked)) continue;
            List<Operation> rest = [.. left.Where(o => !ReferenceEquals(o, operation))];
            if (operation.Kind == OperationKind.Read)
            {
                if ((operation.IsUnknown || operation.Value == value) && Search(rest, value)) return true;
            }
            else if (operation.Kind == OperationKind.Write)
            {
                if (Search(rest, operation.Value)) return true;
            }
            else if ((operation.Expected == value) == operation.Succeeded)
            {
                if (Search(rest, operation.Succeeded ? operation.Value : value)) return true;
            }
        }

        return false;
    }
}
