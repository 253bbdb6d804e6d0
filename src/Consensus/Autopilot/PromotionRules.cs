namespace Consul.Fast.Consensus.Autopilot;

/// <summary>Which servers get a vote. Nobody loses one here, and leadership stays where it is.</summary>
public static class PromotionRules
{
    /// <summary>Servers without a vote that have been healthy for long enough, by id.</summary>
    public static IReadOnlyList<ServerState> Due(AutopilotState state, AutopilotPolicy policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        TimeSpan required = Required(state, policy, now);
        return [.. state.Servers.Where(s => s.Standing == ServerStanding.NonVoter && s.Healthy && now - s.StableSince >= required)];
    }

    /// <summary>A leader that has not looked for that long itself cannot know, and would leave a young cluster without voters.</summary>
    private static TimeSpan Required(AutopilotState state, AutopilotPolicy policy, DateTimeOffset now) =>
        state.FirstStateTime is { } first && now - first > policy.StabilizationTime ? policy.StabilizationTime : TimeSpan.Zero;
}
