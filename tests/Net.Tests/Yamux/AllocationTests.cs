using System.IO.Pipelines;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTestsAlone;

/// <summary>Steady traffic allocates nothing. Both sides run inline on the test's thread, so its counter sees all of it.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Warmup = 200;
    private const int Calls = 2000;

    [Fact]
    public async Task Small_call_and_answer_allocate_nothing()
    {
        long bytes = await MeasureAsync(requestBytes: 60, answerBytes: 40);
        Assert.Equal(0, bytes);
    }

    [Fact]
    public async Task Call_of_several_blocks_allocates_nothing()
    {
        long bytes = await MeasureAsync(requestBytes: 100, answerBytes: 20_000);
        Assert.Equal(0, bytes);
    }

    private static async Task<long> MeasureAsync(int requestBytes, int answerBytes)
    {
        long allocated = -1;

        // The test's own synchronization context would move continuations to other threads.
        await Task.Run(async () =>
        {
            await using var pair = new SessionPair(stream => _ = AnswerAsync(stream, requestBytes, new byte[answerBytes]));
            pair.Monitor.IsOff = true;
            pair.Client.TryOpenStream(out YamuxStream? stream);
            Task<long> calls = CallAsync(stream!, new byte[requestBytes], answerBytes);
            Assert.True(calls.IsCompleted, "everything runs inline");
            allocated = await calls;
            stream!.Release();
        });
        return allocated;
    }

    private static async Task<long> CallAsync(YamuxStream stream, byte[] request, int answerBytes)
    {
        long before = 0;
        for (int call = 0; call < Warmup + Calls; call++)
        {
            if (call == Warmup) before = GC.GetAllocatedBytesForCurrentThread();
            await stream.Output.WriteAsync(request).ConfigureAwait(false);
            await TakeAsync(stream.Input, answerBytes).ConfigureAwait(false);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static async Task AnswerAsync(YamuxStream stream, int requestBytes, byte[] answer)
    {
        while (await TakeAsync(stream.Input, requestBytes).ConfigureAwait(false))
            await stream.Output.WriteAsync(answer).ConfigureAwait(false);
        stream.Close();
        stream.Release();
    }

    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> TakeAsync(PipeReader input, int count)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync().ConfigureAwait(false);
            if (result.Buffer.Length >= count)
            {
                input.AdvanceTo(result.Buffer.GetPosition(count));
                return true;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted) return false;
        }
    }
}
