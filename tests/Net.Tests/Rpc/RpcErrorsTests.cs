using Consul.Fast.Net.Rpc;

namespace Consul.Fast.Net.Tests.Rpc;

public sealed class RpcErrorsTests
{
    [Theory]
    [InlineData("EOF", true)]
    [InlineData("rpc error making call: EOF", true)]
    [InlineData("rpc error making call: rpc error making call: EOF", true)]
    [InlineData("rpc error getting client: failed to start stream: session shutdown", true)]
    [InlineData("rpc error making call: stream closed", true)]
    [InlineData("rpc error making call: unexpected EOF", false)]
    [InlineData("rpc error making call: connection reset", false)]
    [InlineData("EOF in a text", false)]
    [InlineData("Permission denied", false)]
    public void Lost_connections_are_told_by_their_text(string error, bool lost) => Assert.Equal(lost, RpcErrors.IsEofLike(error));

    [Theory]
    [InlineData("rpc error making call: No cluster leader", true, true)]
    [InlineData("raft apply failed: please resubmit call for rechunking", true, true)]
    [InlineData("rpc error making call: EOF", true, false)]
    [InlineData("node is not the leader", false, false)]
    [InlineData("rpc error making call: Permission denied", false, false)]
    public void Calls_are_repeated_when_that_is_safe(string error, bool read, bool write)
    {
        Assert.Equal(read, RpcErrors.CanRetry(isRead: true, error));
        Assert.Equal(write, RpcErrors.CanRetry(isRead: false, error));
    }
}
