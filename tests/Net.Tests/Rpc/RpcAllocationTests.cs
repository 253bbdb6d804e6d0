using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>A small call allocates nothing once everything has been used before.</summary>
[Collection("Alone")]
public sealed class RpcAllocationTests
{
    private const int Calls = 1000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_in_memory_allocates_nothing_on_either_side(bool cancelable)
    {
        await using var server = new ServerUnderTest();
        using var timers = new TimerWheel();
        await using var pool = new RpcPool(
            new MemoryConnector(server), new RpcPoolSettings { Datacenter = "dc1" }, timers, NullLogger.Instance);
        using var cancel = new CancellationTokenSource();
        CancellationToken token = cancelable ? cancel.Token : CancellationToken.None;
        Assert.True((await pool.CallAsync(MemoryConnector.Address, TestMethods.PingCall, default, token)).IsSuccess);
        // Once the connection is there, every call ends on the thread that makes it.
        Call(pool, token);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Call(pool, token);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        // What the counter of the test itself keeps must not hide anything.
        Assert.Equal((2 * Calls) + 1, server.Metrics[RpcMetricNames.Request]);
    }

    [Theory]
    [InlineData(1, "Status.Ping")]
    [InlineData(64, "Status.Ping")]
    [InlineData(64, "Test.PooledPing")]
    public async Task Calls_over_a_connection_allocate_nothing_on_either_side(int parallel, string name)
    {
        await using var server = new LoopbackServer(null, TestMethods.Ping("Test.PooledPing", RpcScheduling.ThreadPool));
        using var timers = new TimerWheel();
        await using var pool = new RpcPool(
            new RpcDialer(new TcpDialer()), new RpcPoolSettings { Datacenter = "dc1", IdleStreamsMax = 64 }, timers, NullLogger.Instance);
        var method = new RpcMethodCall<RpcNothing, RpcNothing>(name, RpcCodecs.WriteNothing, RpcCodecs.ReadNothing);
        long least = long.MaxValue;
        // The rest of the process allocates now and then; what the calls allocate they allocate each time.
        for (int round = 0; round < 30 && least > parallel * 2000; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => CallAsync(pool, server.Address, method, 5000 / parallel)));
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // The tasks of the callers themselves, and nothing per call.
        Assert.InRange(least, 0, parallel * 2000);
    }

    private static void Call(RpcPool pool, CancellationToken token)
    {
        for (int i = 0; i < Calls; i++)
        {
            ValueTask<RpcResponse<RpcNothing>> call = pool.CallAsync(MemoryConnector.Address, TestMethods.PingCall, default, token);
            if (!call.IsCompletedSuccessfully) Assert.Fail("The call went to another thread.");
            else Assert.True(call.Result.IsSuccess);
        }
    }

    private static async Task CallAsync(RpcPool pool, RpcServerAddress address, RpcMethodCall<RpcNothing, RpcNothing> method, int count)
    {
        for (int i = 0; i < count; i++) Assert.True((await pool.CallAsync(address, method, default)).IsSuccess);
    }
}

/// <summary>Tests that measure the process run by themselves.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class AloneCollection;
