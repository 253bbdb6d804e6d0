using Consul.Fast.Net.Datagrams;

namespace Consul.Fast.Net.Tests.Datagrams;

/// <summary>Measures the whole process, so nothing may run beside it.</summary>
[CollectionDefinition(nameof(DatagramAllocationTests), DisableParallelization = true)]
[Collection(nameof(DatagramAllocationTests))]
public sealed class DatagramAllocationTests
{
    private const int Rounds = 5;
    private const int PacketsPerRound = 20_000;
    private const int Wave = 50;
    private const int Warmup = 200;

    /// <summary>
    /// The smallest object per batch or wave comes to five times as much, per packet to a hundred times. The test's host and
    /// the thread pool allocate a little now and then.
    /// </summary>
    private const int Slack = PacketsPerRound / 10;

    public static TheoryData<DatagramMode> Modes => DatagramFixture.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void Sending_and_receiving_without_waits_allocate_nothing(DatagramMode mode)
    {
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint sender = fixture.Bind(), receiver = fixture.Bind();
        DatagramBatch output = fixture.Batch(slotBytes: 200), input = fixture.Batch();
        PeerAddress to = DatagramFixture.AddressOf(receiver);
        for (int i = 0; i < Warmup; i++) Turn();
        long quietest = Quietest(() =>
        {
            for (int packets = 0; packets < PacketsPerRound; packets += output.Capacity + 1) Turn();
        });
        Assert.InRange(quietest, 0, Slack);

        void Turn()
        {
            output.Clear();
            while (!output.IsFull) output.Append(to, 200);
            Await(sender.SendAsync(output));
            sender.Send(to, output.Payload(0));
            for (int seen = 0; seen < output.Capacity + 1;) seen += Await(receiver.ReceiveAsync(input));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Receiving_with_waits_allocates_nothing(DatagramMode mode)
    {
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint sender = fixture.Bind(), receiver = fixture.Bind();
        DatagramBatch output = fixture.Batch(Wave, slotBytes: 200), input = fixture.Batch();
        while (!output.IsFull) output.Append(DatagramFixture.AddressOf(receiver), 200);
        Task receiving = Task.Run(async () =>
        {
            while (await receiver.ReceiveAsync(input) > 0) continue;
        });
        for (int i = 0; i < Warmup; i++) SendWave();
        long waits = receiver.Statistics.Waits;
        long quietest = Quietest(() =>
        {
            for (int i = 0; i < PacketsPerRound / Wave; i++) SendWave();
        });
        waits = receiver.Statistics.Waits - waits;
        receiver.Dispose();
        await receiving.WaitAsync(DatagramFixture.Deadline);
        Assert.InRange(waits, Rounds * PacketsPerRound / Wave / 2, long.MaxValue);
        Assert.InRange(quietest, 0, Slack);

        void SendWave()
        {
            long target = receiver.Statistics.Received + Wave;
            Await(sender.SendAsync(output));
            long start = Environment.TickCount64;
            while (receiver.Statistics.Received < target)
            {
                if (Environment.TickCount64 - start > DatagramFixture.Deadline.TotalMilliseconds) Assert.Fail("datagrams were lost");
                Thread.Yield();
            }
        }
    }

    private static long Quietest(Action round)
    {
        long quietest = long.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            round();
            quietest = Math.Min(quietest, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return quietest;
    }

    private static int Await(ValueTask<int> task)
    {
        // What is there already ends at once, except when the receiver has to give its thread back.
        while (!task.IsCompleted) Thread.Yield();
        return task.GetAwaiter().GetResult();
    }
}
