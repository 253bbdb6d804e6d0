namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>Something that a server does only while it leads. Used by the leader loop alone, one call after another.</summary>
internal interface ILeaderDuty
{
    /// <summary>Begins; everything from before this server led has been applied.</summary>
    /// <param name="leadership">Cancelled when leadership is lost.</param>
    /// <returns>Null, or why it could not begin; this server hands leadership over then.</returns>
    ValueTask<string?> StartAsync(CancellationToken leadership);

    /// <summary>Ends; nothing of it is under way afterwards. Also called when it has not begun.</summary>
    ValueTask StopAsync();
}
