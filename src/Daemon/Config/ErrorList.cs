namespace Consul.Fast.Daemon.Config;

/// <summary>The layout of several errors in one message.</summary>
internal static class ErrorList
{
    public static string Format(IReadOnlyList<string> errors)
    {
        string head = errors.Count == 1 ? "1 error occurred:" : $"{errors.Count} errors occurred:";
        return $"{head}\n{string.Concat(errors.Select(static error => $"\t* {error}\n"))}\n";
    }
}
