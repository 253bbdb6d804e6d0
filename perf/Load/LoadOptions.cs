using System.Globalization;

namespace Consul.Fast.Perf.Load;

/// <summary>What the connections do.</summary>
internal enum Work
{
    /// <summary>Read one key.</summary>
    Get,
    /// <summary>Read one key raw: no JSON.</summary>
    Raw,
    /// <summary>Write keys of a range of the connection's own.</summary>
    Put,
    /// <summary>Any path given by <c>-path</c>.</summary>
    Path,
    /// <summary>All connections wait for one key, which is then changed again and again; times are from change to answer.</summary>
    Watch,
    /// <summary>Calls that do nothing.</summary>
    RpcPing,
    /// <summary>Read one key.</summary>
    RpcGet,
    /// <summary>Write keys of a range of the stream's own.</summary>
    RpcPut,
    /// <summary>Read many large keys with one answer.</summary>
    RpcBulk,
    /// <summary>Connections that make one call and then keep its stream; times are from dialling to the answer.</summary>
    RpcIdle,
}

/// <summary>The command line: <c>-name=value</c>.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: load [-work=get|raw|put|path|watch] [-address=127.0.0.1:8500] [-connections=64] [-pipeline=1] [-seconds=5]
                    [-value=512] [-path=/v1/…] [-rounds=20] [-pid=N]
               load -work=rpc-ping|rpc-get|rpc-put|rpc-bulk|rpc-idle [-address=127.0.0.1:8300] [-connections=1] [-streams=64]
                    [-seconds=5] [-value=512] [-pid=N]
          -pipeline   requests in flight on each connection
          -streams    calls in flight on each connection
          -value      bytes of a written or read value
          -rounds     changes of the watched key
          -pid        process id of the server, for its CPU time per request and its memory; more with commas
        """;

    private int? _port;
    private int? _connections;
    private int? _streams;

    public string Host { get; private set; } = "127.0.0.1";
    public int Port => _port ?? (IsRpc ? 8300 : 8500);
    public Work Work { get; private set; } = Work.Get;
    public bool IsRpc => Work >= Work.RpcPing;
    public int Connections => _connections ?? (IsRpc ? 1 : 64);
    public int Streams => _streams ?? (Work is Work.RpcBulk or Work.RpcIdle ? 1 : 64);
    public int Pipeline { get; private set; } = 1;
    public TimeSpan Duration { get; private set; } = TimeSpan.FromSeconds(5);
    public int ValueBytes { get; private set; } = 512;
    public string Path { get; private set; } = "/v1/status/leader";
    public int Rounds { get; private set; } = 20;
    public int[] ProcessIds { get; private set; } = [];

    public static bool TryParse(string[] args, out LoadOptions options, out string error)
    {
        options = new LoadOptions();
        error = "";
        foreach (string arg in args)
        {
            string[] parts = arg.TrimStart('-').Split('=', 2);
            if (parts.Length == 2 && options.TrySet(parts[0], parts[1])) continue;
            error = $"not understood: {arg}";
            return false;
        }

        return true;
    }

    private bool TrySet(string name, string value)
    {
        switch (name)
        {
            case "address" when value.Split(':') is [var host, var port]:
                (Host, _port) = (host, Number(port));
                return _port > 0;
            case "work" when Enum.TryParse(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out Work work):
                Work = work;
                return true;
            case "path":
                (Work, Path) = (Work.Path, value);
                return value.StartsWith('/');
            case "pid":
                ProcessIds = [.. value.Split(',').Select(Number)];
                return ProcessIds.All(id => id > 0);
            case "seconds":
                Duration = TimeSpan.FromSeconds(Number(value));
                return Number(value) > 0;
            case "connections": return (_connections = Number(value)) > 0;
            case "streams": return (_streams = Number(value)) > 0;
            case "pipeline": return (Pipeline = Number(value)) > 0;
            case "value": return (ValueBytes = Number(value)) >= 0;
            case "rounds": return (Rounds = Number(value)) > 0;
            default: return false;
        }
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;
}
