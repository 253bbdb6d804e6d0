using System.Globalization;

namespace Consul.Fast.Daemon.Config;

/// <summary>The layout of several errors in one message.</summary>
internal static class ErrorList
{
    public static string Format(IReadOnlyList<string> errors) => string.Create(
        CultureInfo.InvariantCulture,
        $"{errors.Count} error{(errors.Count == 1 ? "" : "s")} occurred:\n{string.Concat(errors.Select(static error => $"\t* {error}\n"))}\n");
}
