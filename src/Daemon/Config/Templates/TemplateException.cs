namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>A template that cannot be understood or evaluated.</summary>
internal sealed class TemplateException(string message) : Exception(message);
