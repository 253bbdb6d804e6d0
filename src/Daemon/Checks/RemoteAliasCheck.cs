using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>Mirrors a service of another node: waits at the servers for changes of that node's checks.</summary>
#pragma warning disable CA1001 // A source without a timer holds nothing that needs disposal.
internal sealed class RemoteAliasCheck(CheckEnvironment environment, CheckDefinition type, Func<string> token, ICatalog catalog)
    : IRunningCheck
#pragma warning restore CA1001
{
    private const int FailuresBeforeBackOff = 3;
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();

    public void Start() => _ = RunAsync(_stop.Token);

    public void Stop() => _stop.Cancel();

    private async Task RunAsync(CancellationToken stop)
    {
        var request = new NodeSpecificRequest { Node = type.AliasNode, AllowStale = true, MaxQueryTime = Wait, Cancellation = stop };
        int failures = 0;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                request.Token = token();
                RpcResult<IReadOnlyList<HealthCheck>> answer = await environment.Health.NodeChecksAsync(request).ConfigureAwait(false);
                if (stop.IsCancellationRequested) return;
                if (answer.Error is { } error)
                {
                    request.MinQueryIndex = 0;
                    await ReportFailureAsync(error, ++failures, stop).ConfigureAwait(false);
                    continue;
                }

                failures = 0;
                request.MinQueryIndex = answer.Meta.Index < request.MinQueryIndex ? 0 : answer.Meta.Index;
                bool exists = await ServiceExistsAsync(stop).ConfigureAwait(false);
                (string status, string output) = AliasHealth.Evaluate(
                    type.Id, type.AliasNode, type.AliasService, answer.Value, () => exists);
                environment.Notifier.UpdateCheck(type.Id, status, output);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while waiting.
        }
    }

    private async Task ReportFailureAsync(string error, int failures, CancellationToken stop)
    {
        environment.Logger.AliasQueryFailed(type.Id, error);
        // One failed query may be a change of leader; two are worth an alarm.
        if (failures > 1)
        {
            environment.Notifier.UpdateCheck(
                type.Id, CheckStatus.Critical, $"Failure checking aliased node or service: {error}");
        }

        var wait = TimeSpan.FromSeconds(1);
        if (failures > FailuresBeforeBackOff) wait = TimeSpan.FromSeconds(1L << Math.Min(failures - FailuresBeforeBackOff, 6));
        if (wait > BackOffMax) wait = BackOffMax;
        await Task.Delay(wait, environment.Wheel.Time, stop).ConfigureAwait(false);
    }

    private async Task<bool> ServiceExistsAsync(CancellationToken stop)
    {
        var request = new NodeSpecificRequest { Node = type.AliasNode, AllowStale = true, Token = token(), Cancellation = stop };
        RpcResult<NodeServices?> answer = await catalog.NodeServicesAsync(request).ConfigureAwait(false);
        return answer.Error is null && answer.Value is { } node && node.Services.Any(service => service.Id == type.AliasService);
    }
}
