using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Agent;

/// <summary>Turns the mesh settings of a definition into the record that stands in registrations.</summary>
internal static class SidecarRegistration
{
    public static ServiceConnect ToConnect(ServiceConnectDefinition? connect)
    {
        SidecarService? sidecar = connect?.SidecarService is { } nested ? ToSidecar(nested) : null;
        return connect is { Native: true } || sidecar is not null ? new ServiceConnect(connect!.Native, sidecar) : ServiceConnect.None;
    }

    private static SidecarService ToSidecar(ServiceDefinition definition) => new()
    {
        Kind = definition.Kind,
        Id = definition.Id,
        Name = definition.Name,
        Tags = definition.Tags,
        Address = definition.Address,
        TaggedAddresses = definition.TaggedAddresses,
        Meta = definition.Meta,
        Port = definition.Port,
        SocketPath = definition.SocketPath,
        Check = definition.Check is { } check ? ToCheck(check) : SidecarCheck.None,
        Checks = definition.Checks.Count == 0 ? null : [.. definition.Checks.Select(static c => c is null ? null : ToCheck(c))],
        Weights = definition.Weights,
        Token = definition.Token,
        EnableTagOverride = definition.EnableTagOverride,
        Proxy = definition.Proxy,
        Connect = definition.Connect is { } connect ? ToConnect(connect) : null,
    };

    private static SidecarCheck ToCheck(CheckDefinition check) => new()
    {
        CheckId = check.Id,
        Name = check.Name,
        Status = check.Status,
        Notes = check.Notes,
        ScriptArgs = check.ScriptArgs,
        Http = check.Http,
        H2Ping = check.H2Ping,
        Header = check.Header,
        Method = check.Method,
        Body = check.Body,
        DisableRedirects = check.DisableRedirects,
        Tcp = check.Tcp,
        IntervalNs = check.IntervalNs,
        AliasNode = check.AliasNode,
        AliasService = check.AliasService,
        DockerContainerId = check.DockerContainerId,
        Shell = check.Shell,
        Grpc = check.Grpc,
        GrpcUseTls = check.GrpcUseTls,
        TlsServerName = check.TlsServerName,
        TlsSkipVerify = check.TlsSkipVerify,
        TimeoutNs = check.TimeoutNs,
        TtlNs = check.TtlNs,
        SuccessBeforePassing = check.SuccessBeforePassing,
        FailuresBeforeCritical = check.FailuresBeforeCritical,
        ProxyHttp = check.ProxyHttp,
        ProxyGrpc = check.ProxyGrpc,
        DeregisterCriticalServiceAfterNs = check.DeregisterCriticalServiceAfterNs,
        OutputMaxSize = check.OutputMaxSize,
    };
}
