namespace Consul.Fast.Storage.State;

/// <summary>The verdicts of conditional commands, boxed once.</summary>
internal static class ApplyResults
{
    private static readonly object True = true;
    private static readonly object False = false;

    public static object Of(bool verdict) => verdict ? True : False;
}
