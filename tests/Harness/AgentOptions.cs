namespace Consul.Fast.Tests.Harness;

/// <summary>How to start an agent; what is not given is a single server with its own ports and data folder.</summary>
internal sealed record AgentOptions
{
    /// <summary>An existing folder to use; null makes one that goes with the agent.</summary>
    public string? DataDir { get; init; }

    /// <summary>Content of a JSON configuration file; null writes none.</summary>
    public string? Config { get; init; }

    /// <summary>Flags beside those that the harness gives.</summary>
    public string[] Flags { get; init; } = [];

    /// <summary>Words in front of the program, for limits: <c>prlimit --fsize=…</c>.</summary>
    public string[] Wrapper { get; init; } = [];

    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>False leaves out all flags of the harness but the ports.</summary>
    public bool Server { get; init; } = true;

    public string NodeName { get; init; } = "n1";
}
