using System.Net.Sockets;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>Passing when a TCP connection can be made.</summary>
internal sealed class TcpCheck(CheckEnvironment environment, CheckDefinition type)
    : PeriodicCheck(environment, type, TimeSpan.FromSeconds(10))
{
    protected override async Task ProbeAsync(CancellationToken deadline)
    {
        if (!Dialer.TrySplit(Type.Tcp, out string host, out int port, out string error))
        {
            Publish(CheckStatus.Critical, error);
            return;
        }

        try
        {
            using Socket socket = await Dialer.ConnectAsync(host, port, deadline).ConfigureAwait(false);
            Publish(CheckStatus.Passing, $"TCP connect {Type.Tcp}: Success");
        }
        catch (DialException fault)
        {
            Environment.Logger.SocketConnectionFailed(Type.Id, fault.Message);
            Publish(CheckStatus.Critical, fault.Message);
        }
    }
}
