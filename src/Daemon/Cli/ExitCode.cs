namespace Consul.Fast.Daemon.Cli;

/// <summary>Exit codes that scripts rely on.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Error = 1;
    /// <summary><c>members</c> without a match.</summary>
    public const int NoMatch = 2;
    public const int UnknownCommand = 127;
}
