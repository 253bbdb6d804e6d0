namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>One name and value that tells series of the same metric apart.</summary>
internal readonly record struct MetricLabel(string Name, string Value);
