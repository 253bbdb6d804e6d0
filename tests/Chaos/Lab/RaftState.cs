using System.Globalization;
using System.Text.Json;

namespace Consul.Fast.Chaos.Tests.Lab;

/// <summary>What a server says of its own part in Raft.</summary>
internal sealed record RaftState(string State, long Term, long Applied, long Committed, long LastLog)
{
    public bool Leads => State == "Leader";

    /// <summary>True when all it has is committed and applied.</summary>
    public bool IsSettled => Applied == Committed && Committed == LastLog;

    /// <param name="self">The answer of <c>/v1/agent/self</c>.</param>
    public static RaftState Of(JsonElement self)
    {
        JsonElement raft = self.GetProperty("Stats").GetProperty("raft");
        return new RaftState(
            raft.GetProperty("state").GetString()!,
            Number("term"),
            Number("applied_index"), Number("commit_index"), Number("last_log_index"));

        long Number(string name) => long.Parse(raft.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
    }
}
