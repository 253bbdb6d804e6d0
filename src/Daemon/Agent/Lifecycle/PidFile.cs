using System.Globalization;
using Consul.Fast.Daemon.Config;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>The file that holds the process id while the agent runs.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;
    private readonly ILogger _logger;

    /// <param name="path">Empty for no file.</param>
    /// <exception cref="ConfigException">The file cannot be written.</exception>
    public PidFile(string path, ILogger logger)
    {
        _path = path;
        _logger = logger;
        if (path.Length == 0) return;
        try
        {
            File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"Could not open pid file: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        if (_path.Length == 0) return;
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.PidFileNotRemoved(_path, e.Message);
        }
    }
}
