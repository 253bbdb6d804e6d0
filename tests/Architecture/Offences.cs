namespace Consul.Fast.Architecture.Tests;

/// <summary>Assertions over lists of offences.</summary>
internal static class Offences
{
    public static void None(IEnumerable<string> found)
    {
        string[] all = [.. found];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }

    /// <summary>
    /// Everything found is on the list of exceptions, and every exception is still needed: the list can only shrink.
    /// </summary>
    public static void OnlyKnown(IEnumerable<(string Key, string What)> found, IReadOnlySet<string> exceptions)
    {
        (string Key, string What)[] all = [.. found];
        None(all.Where(offence => !exceptions.Contains(offence.Key)).Select(offence => offence.What)
            .Concat(exceptions.Except(all.Select(offence => offence.Key)).Select(key => $"{key}: no longer an offence, remove the exception")));
    }
}
