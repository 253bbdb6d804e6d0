namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>Where log lines go and which.</summary>
internal sealed record LoggingConfig
{
    /// <summary>As written; checked when logging is set up.</summary>
    public string Level { get; init; } = "INFO";

    public bool Json { get; init; }

    /// <summary>Path of a log file; a slash at the end means <c>consul.log</c> in that directory; empty for none.</summary>
    public string File { get; init; } = "";

    /// <summary>Zero means 24 hours.</summary>
    public TimeSpan RotateDuration { get; init; }

    /// <summary>0 for no limit.</summary>
    public long RotateBytes { get; init; }

    /// <summary>Archives kept: 0 all, negative none.</summary>
    public int RotateMaxFiles { get; init; }

    public bool Syslog { get; init; }

    public string SyslogFacility { get; init; } = "LOCAL0";
}
