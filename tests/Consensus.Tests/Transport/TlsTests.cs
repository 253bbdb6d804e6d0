using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Net.Tests.Tls;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Tls;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>Raft between servers that verify each other.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TimerWheel _timers = new();
    private readonly TestAuthority _authority = new();

    [Theory]
    [InlineData("server.dc1.consul", true)]
    [InlineData("client.dc1.consul", false)]
    public async Task Only_a_server_is_answered(string name, bool answered)
    {
        using X509Certificate2 server = _authority.Server();
        using X509Certificate2 caller = _authority.Issue("caller", [name]);
        using TlsFiles serverFiles = TlsFiles.With(_authority, server);
        using TlsFiles callerFiles = TlsFiles.With(_authority, caller);
        CollectingInbox inbox = new();
        await using RaftTransport receiving = Transports.New(_timers);
        ((IRaftTransport)receiving).Start(new CollectingInbox
        {
            Answer = static request => request is VoteRequest
                ? new VoteResponse(request.Term, Granted: true)
                : new AppendResponse(request.Term, 0, Success: true),
        });
        await using RaftPort port = new(_timers, receiving.ServeAsync, tls: serverFiles.Load(Strict));
        await using RaftTransport sending = Transports.New(_timers, tls: callerFiles.Load(Strict));
        ((IRaftTransport)sending).Start(inbox);
        RaftServer peer = new(Suffrage.Voter, "p", port.Address);
        LogEntry entry = new(1, 1, EntryType.Command, new byte[300_000]);
        ((IRaftTransport)sending).Send(new PeerRequest(peer, new VoteRequest(1, "a", 0, 0)));
        ((IRaftTransport)sending).Send(new PeerRequest(peer, new AppendRequest(1, "a", 0, 0, [entry], 1, 0)));
        await Eventually.TrueAsync(() => inbox.Responses.Count + inbox.Failures.Count == 2, "both to end");
        Assert.Equal(answered ? 2 : 0, inbox.Responses.Count);
        Assert.All(port.Connections, static connection => Assert.True(connection.Tls!.PeerVerified));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _timers.Dispose();
    }

    private static TlsSettings Strict(TlsSettings settings) =>
        settings with { VerifyIncoming = true, VerifyOutgoing = true, VerifyServerHostname = true };
}
