using Consul.Fast.Daemon.Cli.Flags;

namespace Consul.Fast.Daemon.Cli.Client;

/// <summary>Which of the shared flags a command takes beside those that say how to reach the agent.</summary>
[Flags]
internal enum ClientFlagSets
{
    Client = 0,
    /// <summary><c>-datacenter</c> and <c>-stale</c>.</summary>
    Server = 1,
    Namespace = 2,
}

/// <summary>The flags common to all commands that talk HTTP to an agent. A flag beats its environment variable.</summary>
internal sealed class ClientFlags
{
    private readonly Flag<string> _address;
    private readonly Flag<string> _token;
    private readonly Flag<string> _tokenFile;
    private readonly Flag<string> _caFile;
    private readonly Flag<string> _caPath;
    private readonly Flag<string> _clientCert;
    private readonly Flag<string> _clientKey;
    private readonly Flag<string> _tlsServerName;
    private readonly Flag<string>? _datacenter;
    private readonly Flag<bool>? _stale;
    private readonly Flag<string>? _namespace;

    public ClientFlags(FlagSet flags, ClientFlagSets sets)
    {
        _address = Shared("http-addr", "The `address` and port of the Consul HTTP agent, an IP address or host name with a port. "
            + "Also CONSUL_HTTP_ADDR; the default is http://127.0.0.1:8500. Use https:// for TLS and unix:// for a Unix socket.");
        _token = Shared("token", "ACL token to use in the request. Also CONSUL_HTTP_TOKEN.");
        _tokenFile = Shared("token-file", "File containing the ACL token to use in the request. Also CONSUL_HTTP_TOKEN_FILE.");
        _caFile = Shared("ca-file", "Path to a CA file to use for TLS when communicating with Consul. Also CONSUL_CACERT.");
        _caPath = Shared("ca-path", "Path to a directory of CA certificates to use for TLS. Also CONSUL_CAPATH.");
        _clientCert = Shared("client-cert", "Path to a client certificate to use for TLS. Also CONSUL_CLIENT_CERT.");
        _clientKey = Shared("client-key", "Path to the key of the client certificate. Also CONSUL_CLIENT_KEY.");
        _tlsServerName = Shared("tls-server-name", "The server name to use as SNI and to verify. Also CONSUL_TLS_SERVER_NAME.");
        if (sets.HasFlag(ClientFlagSets.Server))
        {
            _datacenter = Shared("datacenter", "Name of the datacenter to query. By default that of the agent.");
            _stale = flags.Bool("stale", "Permit any server, not only the leader, to answer this request.", shared: true);
        }

        if (sets.HasFlag(ClientFlagSets.Namespace))
        {
            _namespace = flags.String("namespace", "The namespace to query. Only Consul Enterprise has namespaces. Also CONSUL_NAMESPACE.");
        }

        Flag<string> Shared(string name, string usage) => flags.String(name, usage, shared: true);
    }

    public bool Stale => _stale?.Value ?? false;

    /// <summary>What was given by flags and environment, merged.</summary>
    public ClientSettings Resolve(CommandContext context) => new()
    {
        Address = Pick(_address, "CONSUL_HTTP_ADDR", context) is { Length: > 0 } address ? address : "127.0.0.1:8500",
        Ssl = Switch("CONSUL_HTTP_SSL", false, context),
        SslVerify = Switch("CONSUL_HTTP_SSL_VERIFY", true, context),
        Token = Pick(_token, "CONSUL_HTTP_TOKEN", context),
        TokenFile = Pick(_tokenFile, "CONSUL_HTTP_TOKEN_FILE", context),
        BasicAuth = context.Environment("CONSUL_HTTP_AUTH") ?? "",
        CaFile = Pick(_caFile, "CONSUL_CACERT", context),
        CaPath = Pick(_caPath, "CONSUL_CAPATH", context),
        ClientCert = Pick(_clientCert, "CONSUL_CLIENT_CERT", context),
        ClientKey = Pick(_clientKey, "CONSUL_CLIENT_KEY", context),
        TlsServerName = Pick(_tlsServerName, "CONSUL_TLS_SERVER_NAME", context),
        Datacenter = _datacenter?.Value ?? "",
        Namespace = _namespace is null ? "" : Pick(_namespace, "CONSUL_NAMESPACE", context),
    };

    private static string Pick(Flag<string> flag, string variable, CommandContext context) =>
        flag.IsSet ? flag.Value : context.Environment(variable) ?? "";

    private static bool Switch(string variable, bool otherwise, CommandContext context)
    {
        string? text = context.Environment(variable);
        if (string.IsNullOrEmpty(text)) return otherwise;
        if (FlagParsers.TryParseBool(text, out bool value)) return value;
        context.Error.WriteLine($"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} [WARN]  consul-api: could not parse {variable}: "
            + $"error=\"strconv.ParseBool: parsing \\\"{text}\\\": invalid syntax\"");
        return otherwise;
    }
}
