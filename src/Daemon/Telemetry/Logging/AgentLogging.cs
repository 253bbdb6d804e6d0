using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Telemetry.Logging;

/// <summary>
/// The logging of the process: makes loggers, formats their lines and hands them to the outputs and to the readers of the
/// log stream. Thread safe. A call below every level costs one read.
/// </summary>
internal sealed class AgentLogging : ILoggerFactory, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly LogPump _pump;
    private readonly bool _json;
    private readonly TimeProvider _time;
    private volatile LogSubscription[] _subscriptions = [];
    private volatile LogLevel _level;
    private volatile LogLevel _lowest;

    public AgentLogging(LogLevel level, bool json, IReadOnlyList<ILogOutput> outputs, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _json = json;
        _level = _lowest = level;
        _pump = new LogPump(outputs, count => Format(
            new LogEntry(_time.GetLocalNow(), LogLevel.Warning, "agent", $"log lines were dropped: count={count}", null, [], null), json));
    }

    /// <summary>The level of the outputs; changing it takes effect at once.</summary>
    public LogLevel Level
    {
        get => _level;
        set
        {
            lock (_gate)
            {
                _level = value;
                UpdateLowest();
            }
        }
    }

    /// <summary>Builds the logging that a configuration asks for.</summary>
    /// <exception cref="ConfigException">The level or the facility is unknown, or the file cannot be written.</exception>
    public static AgentLogging Create(LoggingConfig config, Stream standardOutput, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        if (!LogLevels.TryParse(config.Level, out LogLevel level)) throw new ConfigException(LogLevels.Invalid(config.Level));
        List<ILogOutput> outputs = [new StreamLogOutput(standardOutput)];
        if (config.Syslog)
        {
            if (!SyslogOutput.TryParseFacility(config.SyslogFacility, out int facility))
            {
                throw new ConfigException($"Syslog setup did not succeed: invalid syslog facility: {config.SyslogFacility}");
            }

            outputs.Add(new SyslogOutput(facility, time));
        }

        if (config.File.Length > 0)
        {
            try
            {
                outputs.Add(new FileLogOutput(config, time));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ConfigException($"Failed to setup logging: {e.Message}", e);
            }
        }

        return new AgentLogging(level, config.Json, outputs, time);
    }

    /// <summary>Lets held back lines out; until then they wait in memory.</summary>
    public void Start() => _pump.Start();

    /// <summary>Adds a reader of the log stream; dispose it to stop.</summary>
    public LogSubscription Subscribe(LogLevel level, bool json)
    {
        var subscription = new LogSubscription(level, json, Unsubscribe);
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
            UpdateLowest();
        }

        return subscription;
    }

    public ILogger CreateLogger(string categoryName) => new ModuleLogger(this, categoryName);

    /// <summary>Not supported: the outputs are fixed when the process starts.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("outputs are chosen by the configuration");

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public ValueTask DisposeAsync() => _pump.DisposeAsync();

    internal bool IsEnabled(LogLevel level) => level >= _lowest && level != LogLevel.None;

    internal void Write(LogLevel level, string module, string? message, LogTemplate? template,
        IReadOnlyList<KeyValuePair<string, object?>> values, Exception? exception)
    {
        var entry = new LogEntry(_time.GetLocalNow(), level, module, message, template, values, exception);
        byte[]? text = null;
        byte[]? json = null;
        if (level >= _level) _pump.Write(Line(_json));
        foreach (LogSubscription subscription in _subscriptions)
        {
            if (level >= subscription.Level) subscription.Write(Line(subscription.Json));
        }

        byte[] Line(bool asJson) => asJson ? json ??= Format(entry, true) : text ??= Format(entry, false);
    }

    private static byte[] Format(in LogEntry entry, bool json) => json ? LogFormat.Json(entry) : LogFormat.Text(entry);

    private void Unsubscribe(LogSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
            UpdateLowest();
        }
    }

    private void UpdateLowest() => _lowest = _subscriptions.Select(static subscription => subscription.Level).Append(_level).Min();
}
