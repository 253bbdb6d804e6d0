using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>Decides by name which metrics are kept: the longest matching prefix wins, else the default.</summary>
internal sealed class PrefixFilter
{
    private readonly (string Prefix, bool Allowed)[] _rules;
    private readonly bool _allowedByDefault;

    public PrefixFilter(TelemetryConfig config)
    {
        _allowedByDefault = config.FilterDefault;
        // The names of HTTP timers from before 1.9 carry the path; they share this beginning.
        IEnumerable<string> old = config.DisableCompat19 ? [$"{config.MetricsPrefix}.http."] : [];
        _rules =
        [
            .. config.AllowedPrefixes.Select(static prefix => (prefix, true))
                .Concat(config.BlockedPrefixes.Concat(old).Select(static prefix => (prefix, false)))
                .OrderByDescending(static rule => rule.prefix.Length),
        ];
    }

    public bool Allows(string name)
    {
        foreach ((string prefix, bool allowed) in _rules)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return allowed;
        }

        return _allowedByDefault;
    }
}
