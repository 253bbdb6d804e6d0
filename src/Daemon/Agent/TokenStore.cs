namespace Consul.Fast.Daemon.Agent;

/// <summary>The agent's own ACL tokens. Thread safe: each is one reference, replaced as a whole at a reload.</summary>
internal sealed class TokenStore
{
    private volatile string _user = "";
    private volatile string _agent = "";

    /// <summary>For requests and syncs that bring none of their own; empty means anonymous.</summary>
    public string User
    {
        get => _user;
        set => _user = value;
    }

    /// <summary>For what the agent does on its own account; falls back to the user token.</summary>
    public string Agent
    {
        get => _agent.Length > 0 ? _agent : _user;
        set => _agent = value;
    }
}
