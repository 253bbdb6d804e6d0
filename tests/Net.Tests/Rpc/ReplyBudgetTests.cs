using Consul.Fast.Net.Rpc;

namespace Consul.Fast.Net.Tests.Rpc;

public sealed class ReplyBudgetTests
{
    private const long Unit = ReplyShare.AlwaysMax;

    [Fact]
    public async Task Connection_over_its_share_waits_until_its_answers_leave()
    {
        var budget = new ReplyBudget(100 * Unit, 10 * Unit);
        ReplyShare share = budget.NewShare();
        share.Hold(10 * Unit);
        Assert.False(share.HasRoom);
        Task waiting = share.WhenRoomAsync(CancellationToken.None);
        Assert.True(budget.NewShare().HasRoom);
        Assert.False(waiting.IsCompleted);
        share.Release(Unit);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Full_budget_holds_large_holders_and_spares_small_ones()
    {
        var budget = new ReplyBudget(20 * Unit, 15 * Unit);
        ReplyShare greedy = budget.NewShare();
        ReplyShare other = budget.NewShare();
        ReplyShare small = budget.NewShare();
        greedy.Hold(14 * Unit);
        other.Hold(6 * Unit);
        Assert.False(greedy.HasRoom);
        Assert.False(other.HasRoom);
        Assert.True(small.HasRoom);
        Task waiting = other.WhenRoomAsync(CancellationToken.None);
        greedy.Release(14 * Unit);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Wait_ends_with_the_server()
    {
        var budget = new ReplyBudget(Unit, Unit);
        ReplyShare share = budget.NewShare();
        share.Hold(Unit);
        using var stopping = new CancellationTokenSource();
        Task waiting = share.WhenRoomAsync(stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
