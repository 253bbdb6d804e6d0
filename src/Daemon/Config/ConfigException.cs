namespace Consul.Fast.Daemon.Config;

/// <summary>The configuration cannot be used; the message is the text users see.</summary>
internal sealed class ConfigException(string message, Exception? inner = null) : Exception(message, inner);
