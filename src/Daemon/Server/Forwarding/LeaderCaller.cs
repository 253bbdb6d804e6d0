using System.Runtime.CompilerServices;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>
/// Brings calls to the leader, wherever it is by then, and holds them while there is none. All rules about repeating are here.
/// Thread safe.
/// </summary>
/// <param name="pool">Connections to the other servers.</param>
/// <param name="hold">For how long a call is held and repeated.</param>
/// <param name="stopping">Ends with the server: what is held then fails at once.</param>
internal sealed class LeaderCaller(LeaderRoute route, RpcPool pool, TimeSpan hold, TimeProvider time, CancellationToken stopping)
{
    public LeaderRoute Route => route;

    /// <summary>Runs a call here or at the leader.</summary>
    /// <param name="serve">Runs it here.</param>
    /// <param name="isRead">It may be repeated when its connection broke.</param>
    /// <param name="cancellation">Gives the call up.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RpcResult<TReply>> CallAsync<TRequest, TReply>(
        ServiceMethod<TRequest, TReply> method,
        TRequest request,
        Func<TRequest, ValueTask<RpcResult<TReply>>> serve,
        bool isRead,
        CancellationToken cancellation)
    {
        var held = new HoldTimer(hold, time);
        while (true)
        {
            RouteStep step = route.Next(isRead);
            if (step.IsHere) return await serve(request);
            string? error = step.Error;
            if (step.Leader is { } leader)
            {
                RpcResponse<RpcResult<TReply>> response = await pool.CallAsync(leader, method.Call, request, cancellation);
                if (response.IsSuccess) return response.Value;
                error = response.Error!;
                if (!CanRepeat(response.Outcome, isRead, error)) return RpcResult<TReply>.Fail(error);
            }

            if (step.IsFinal || held.IsOver || !await PauseAsync(held, cancellation)) return RpcResult<TReply>.Fail(error!);
        }
    }

    /// <summary>A call that never left certainly changed nothing, so that it is as safe to repeat as one that found no leader.</summary>
    private static bool CanRepeat(RpcOutcome outcome, bool isRead, string error) =>
        outcome == RpcOutcome.NotSent || RpcErrors.CanRetry(isRead, error);

    /// <summary>False when there is nobody left to repeat the call for.</summary>
    private async ValueTask<bool> PauseAsync(HoldTimer held, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping);
        await held.PauseAsync(ending.Token);
        return !ending.IsCancellationRequested;
    }
}
