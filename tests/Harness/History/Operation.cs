namespace Consul.Fast.Tests.Harness.History;

internal enum OperationKind
{
    Read,
    Write,
    CompareAndSet,
}

/// <summary>
/// One operation of a client on one register. The null value stands for "absent": it is what every register holds at first,
/// a deletion is a write of null, and a compare-and-set that expects null creates.
/// </summary>
/// <param name="Client">Who did it; for people only.</param>
/// <param name="Value">Of a read what it returned, else what it set or meant to set.</param>
/// <param name="Expected">Of a compare-and-set, what the register must hold.</param>
/// <param name="Succeeded">False of a compare-and-set that found something else; true of all else.</param>
/// <param name="Invoked">A moment before anything of it could take effect, in any unit that grows.</param>
/// <param name="Returned">A moment after it was known to have taken effect; <see cref="Never"/> when that was never known.</param>
internal sealed record Operation(
    int Client, OperationKind Kind, string Key, string? Value, string? Expected, bool Succeeded, long Invoked, long Returned)
{
    /// <summary>The outcome is unknown: it may take effect at any time after its invocation, or never.</summary>
    public const long Never = long.MaxValue;

    public bool IsUnknown => Returned == Never;

    public override string ToString()
    {
        string end = IsUnknown ? "?" : $"{Returned}";
        string what = Kind switch
        {
            OperationKind.Read => $"read {Key}" + (IsUnknown ? "" : $" -> {Show(Value)}"),
            OperationKind.Write => $"write {Key} = {Show(Value)}",
            _ => $"set {Key} from {Show(Expected)} to {Show(Value)}" + (Succeeded ? "" : " -> refused"),
        };
        return $"[{Invoked,8} .. {end,8}] client {Client,3}: {what}" + (IsUnknown ? " (outcome unknown)" : "");
    }

    private static string Show(string? value) => value is null ? "nothing" : $"'{value}'";
}
