namespace Consul.Fast.Daemon.Rpc;

/// <summary>
/// The empty list of an answer that found nothing. On the wire it differs from one that nothing was left of (nil and an
/// empty array); whoever only reads a list need not care.
/// </summary>
internal static class Unset
{
    public static IReadOnlyList<T> List<T>() => Holder<T>.Value;

    public static bool Is<T>(IReadOnlyList<T> list) => ReferenceEquals(list, Holder<T>.Value);

    public static IReadOnlyList<T> IfEmpty<T>(IReadOnlyList<T> list) => list.Count == 0 ? Holder<T>.Value : list;

    private static class Holder<T>
    {
        /// <summary>Not the shared empty array, which is what an empty collection expression gives.</summary>
        public static readonly IReadOnlyList<T> Value = new List<T>(0);
    }
}
