using Consul.Fast.Net.Rpc;

namespace Consul.Fast.Net.Tests.Rpc;

public sealed class RpcOneShotTests
{
    [Fact]
    public async Task A_call_gets_its_value()
    {
        await using var server = new ServerUnderTest();
        RpcResponse<byte[]> response = await CallAsync(server, TestMethods.EchoCall, new byte[100_000]);
        Assert.Equal(RpcOutcome.Success, response.Outcome);
        Assert.Equal(100_000, response.Value.Length);
    }

    [Fact]
    public async Task An_error_comes_without_a_prefix()
    {
        await using var server = new ServerUnderTest();
        RpcResponse<byte[]> response = await CallAsync(server, TestMethods.FailCall, "Auto Config is disabled"u8.ToArray());
        Assert.Equal((RpcOutcome.Refused, "Auto Config is disabled"), (response.Outcome, response.Error));
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("83a5", "EOF")]
    [InlineData("c1", RpcErrors.UndecodableReply)]
    [InlineData("06", RpcErrors.UndecodableReply)]
    [InlineData("80", "EOF")]
    [InlineData("8005", RpcErrors.UndecodableReply)]
    public async Task A_broken_answer_is_an_error(string hex, string error)
    {
        (MemoryRpcStream caller, MemoryRpcStream other) = MemoryRpcStream.Create();
        await other.Output.WriteAsync(Convert.FromHexString(hex));
        other.Close();
        RpcResponse<byte[]> response = await RpcOneShot.CallAsync(caller, TestMethods.EchoCall, [], 1000, default).InTimeAsync();
        Assert.Equal((RpcOutcome.Broken, error), (response.Outcome, response.Error));
    }

    [Fact]
    public async Task A_call_can_be_given_up()
    {
        (MemoryRpcStream caller, _) = MemoryRpcStream.Create();
        using var cancel = new CancellationTokenSource();
        Task<RpcResponse<byte[]>> call = RpcOneShot.CallAsync(caller, TestMethods.EchoCall, [], 1000, cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.Equal(RpcOutcome.Canceled, (await call.InTimeAsync()).Outcome);
    }

    private static async Task<RpcResponse<byte[]>> CallAsync(ServerUnderTest server, RpcMethodCall<byte[], byte[]> method, byte[] value)
    {
        (MemoryRpcStream caller, MemoryRpcStream other) = MemoryRpcStream.Create();
        _ = server.Server.ServeAsync(other, ServerUnderTest.Remote);
        return await RpcOneShot.CallAsync(caller, method, value, 1 << 20, default).InTimeAsync();
    }
}
