using System.Globalization;
using System.Text;

namespace Consul.Fast.Daemon.Cli.Client;

/// <summary>
/// Where the agent is, as the user wrote it: a host and a port, or a Unix socket. Nothing is refused before it is dialled.
/// </summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="SocketPath">Null for TCP.</param>
internal sealed record AgentAddress(string Scheme, string Authority, string? SocketPath)
{
    /// <summary>Stands for an authority that no URI can have.</summary>
    private const string Placeholder = "consul.invalid";

    /// <summary>What may stand unescaped in a host.</summary>
    private const string HostCharacters = "-_.~!$&'()*+,;=:[]<>\"";

    /// <summary>False with the text of the fault for an unknown scheme.</summary>
    public static bool TryRead(ClientSettings settings, out AgentAddress address, out string error)
    {
        string[] parts = settings.Address.Split("://", 2);
        string scheme = parts.Length == 2 ? parts[0] : "http";
        error = scheme is "http" or "https" or "unix" ? "" : $"Unknown protocol scheme: {scheme}";
        // An explicit wish for TLS is never taken back by an address that says http.
        string used = scheme == "https" || (settings.Ssl && scheme == "http") ? "https" : "http";
        address = scheme == "unix"
            ? new AgentAddress(used, "unix.sock", parts[^1])
            : new AgentAddress(used, parts[^1].TrimEnd('/'), null);
        return error.Length == 0;
    }

    /// <summary>The URI as errors show it.</summary>
    public string Show(string target) => $"{Scheme}://{Escaped()}{target}";

    /// <summary>The URI to send to. Paths may hold dot segments and doubled slashes and stay as they are written.</summary>
    public Uri UriOf(string target)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        // These would end the authority, and the rest of it be taken for something else.
        bool whole = Authority.AsSpan().IndexOfAny("/?#@\\") < 0;
        return whole && Uri.TryCreate($"{Scheme}://{Authority}{target}", options, out Uri? uri) && uri.Host.Length > 0
            ? uri : new Uri($"{Scheme}://{Placeholder}{target}", options);
    }

    /// <summary>
    /// The host and port behind a URI made here: that of a proxy stays, a placeholder becomes what the user wrote. The port is a
    /// text because it may be none.
    /// </summary>
    public (string Host, string Port) Dialled(string host, int port)
    {
        if (host != Placeholder) return (host.Trim('[', ']'), port.ToString(CultureInfo.InvariantCulture));
        int colon = Authority.LastIndexOf(':');
        bool hasPort = colon > Authority.LastIndexOf(']') && !Authority.AsSpan(colon + 1).ContainsAnyExceptInRange('0', '9');
        string written = hasPort ? Authority[(colon + 1)..] : "";
        return ((hasPort ? Authority[..colon] : Authority).Trim('[', ']'), written.Length > 0 ? written : Scheme == "https" ? "443" : "80");
    }

    private string Escaped()
    {
        var text = new StringBuilder(Authority.Length);
        foreach (byte unit in Encoding.UTF8.GetBytes(Authority))
        {
            char c = (char)unit;
            if (char.IsAsciiLetterOrDigit(c) || HostCharacters.Contains(c, StringComparison.Ordinal)) text.Append(c);
            else text.Append('%').Append(unit.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
