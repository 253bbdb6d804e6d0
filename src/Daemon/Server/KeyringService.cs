using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server;

/// <summary>Counts and changes the keys of the gossip pools on behalf of operators. Thread safe; changes of a pool take turns.</summary>
/// <param name="wan">Null on a server without WAN pool.</param>
internal sealed class KeyringService(IGossipPool lan, IGossipPool? wan, string datacenter) : IDisposable
{
    private static readonly IReadOnlyDictionary<string, string> NoMessages = new Dictionary<string, string>();
    private static readonly IReadOnlyDictionary<string, int> NoKeys = new Dictionary<string, int>();

    private readonly SemaphoreSlim _lanTurn = new(1, 1);
    private readonly SemaphoreSlim _wanTurn = new(1, 1);

    public async ValueTask<RpcResult<IReadOnlyList<KeyringResponse>>> OperateAsync(KeyringRequest request)
    {
        if (request.LocalOnly && request.Operation != KeyringOperations.List)
            return Fail("argument error: LocalOnly can only be used for List operations");
        if (request.Operation is not (KeyringOperations.List or KeyringOperations.Install or KeyringOperations.Use or KeyringOperations.Remove))
            return Fail("Invalid keyring operation");
        if (wan is null || request.LocalOnly || request.Forwarded)
            return RpcResult<IReadOnlyList<KeyringResponse>>.Ok([await OperateAsync(lan, _lanTurn, isWan: false, request)]);
        KeyringResponse all = await OperateAsync(wan, _wanTurn, isWan: true, request);
        return RpcResult<IReadOnlyList<KeyringResponse>>.Ok([all, await OperateAsync(lan, _lanTurn, isWan: false, request)]);
    }

    public void Dispose()
    {
        _lanTurn.Dispose();
        _wanTurn.Dispose();
    }

    private static RpcResult<IReadOnlyList<KeyringResponse>> Fail(string error) => RpcResult<IReadOnlyList<KeyringResponse>>.Fail(error);

    private async Task<KeyringResponse> OperateAsync(IGossipPool pool, SemaphoreSlim turn, bool isWan, KeyringRequest request)
    {
        if (!JsonBase64.TryDecode(request.Key, out byte[] key, out string malformed)) return Describe(isWan, null, malformed);
        KeyReport? report;
        if (request.Operation == KeyringOperations.List)
        {
            report = await pool.ListKeysAsync(request.RelayFactor);
        }
        else
        {
            await turn.WaitAsync(request.Cancellation);
            try
            {
                report = await (request.Operation switch
                {
                    KeyringOperations.Install => pool.InstallKeyAsync(key, request.RelayFactor),
                    KeyringOperations.Use => pool.UseKeyAsync(key, request.RelayFactor),
                    _ => pool.RemoveKeyAsync(key, request.RelayFactor),
                });
            }
            finally
            {
                turn.Release();
            }
        }

        return Describe(isWan, report, ErrorOf(report));
    }

    private static string ErrorOf(KeyReport? report) => report switch
    {
        null => "query exceeds limit of 1024 bytes",
        { Errors: > 0 } => $"{report.Errors}/{report.Nodes} nodes reported failure",
        _ when report.Answers != report.Nodes => $"{report.Answers}/{report.Nodes} nodes reported success",
        _ => "",
    };

    private KeyringResponse Describe(bool isWan, KeyReport? report, string error) => new(
        isWan,
        datacenter,
        error,
        SortedMap<string>.Create(report?.Messages ?? NoMessages),
        SortedMap<int>.Create(report?.Keys ?? NoKeys),
        SortedMap<int>.Create(report?.PrimaryKeys ?? NoKeys),
        report?.Nodes ?? 0);
}
