using System.Diagnostics;
using System.Globalization;
using System.Net;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Datagrams;

namespace Consul.Fast.Perf.Micro;

/// <summary>
/// CPU time and memory a received datagram costs the process, which no benchmark of wall time tells: with a queue that is
/// already full, and with another process sending at a rate.
/// </summary>
internal static class DatagramCost
{
    private const int PacketBytes = 200;
    private const int QueuedPackets = 400;
    private const int Rounds = 2_000;
    private const int Burst = 32;
    private static readonly TimeSpan Live = TimeSpan.FromSeconds(3);

    /// <summary>Prints a table; or, as the other process, sends.</summary>
    /// <param name="args">Nothing, or the port and the rate of the sender.</param>
    public static async Task RunAsync(string[] args)
    {
        if (args.Length == 2)
        {
            Send(int.Parse(args[0], CultureInfo.InvariantCulture), int.Parse(args[1], CultureInfo.InvariantCulture));
            return;
        }

        Console.WriteLine("mode      load            packets  per batch  us CPU/packet  bytes/packet");
        foreach (DatagramMode mode in new[] { DatagramMode.Portable, DatagramMode.Batched })
        {
            Drain(mode, rounds: Rounds / 10, isReported: false);
            Drain(mode, Rounds, isReported: true);
            foreach (int rate in new[] { 20_000, 100_000, 0 }) await ReceiveAsync(mode, rate);
        }
    }

    private static void Drain(DatagramMode mode, int rounds, bool isReported)
    {
        using IDatagramEndpoint sender = DatagramBenchmarks.Bind(mode), receiver = DatagramBenchmarks.Bind(mode);
        using var input = new DatagramBatch(PinnedBlockPool.Large);
        byte[] packet = new byte[PacketBytes];
        PeerAddress to = PeerAddress.From(receiver.LocalEndPoint);
        TimeSpan cpu = default;
        long bytes = 0;
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < QueuedPackets; i++) sender.Send(to, packet);
            long before = GC.GetTotalAllocatedBytes(precise: false);
            TimeSpan start = Environment.CpuUsage.TotalTime;
            for (int received = 0; received < QueuedPackets;) received += DatagramBenchmarks.Await(receiver.ReceiveAsync(input));
            cpu += Environment.CpuUsage.TotalTime - start;
            bytes += GC.GetTotalAllocatedBytes(precise: false) - before;
        }

        if (isReported) Report(mode, "queue full", receiver.Statistics, cpu, bytes);
    }

    private static async Task ReceiveAsync(DatagramMode mode, int rate)
    {
        using IDatagramEndpoint receiver = DatagramBenchmarks.Bind(mode);
        using var input = new DatagramBatch(PinnedBlockPool.Large);
        string[] arguments = ["datagrams", $"{receiver.LocalEndPoint.Port}", $"{rate}"];
        using Process sender = Process.Start(Environment.ProcessPath!, arguments);
        while (receiver.Statistics.Received < 5_000) await receiver.ReceiveAsync(input);
        DatagramStatistics first = receiver.Statistics;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan start = Environment.CpuUsage.TotalTime;
        long end = Stopwatch.GetTimestamp() + (long)(Live.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end) await receiver.ReceiveAsync(input);
        TimeSpan cpu = Environment.CpuUsage.TotalTime - start;
        long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        sender.Kill();
        await sender.WaitForExitAsync();
        DatagramStatistics last = receiver.Statistics;
        DatagramStatistics seen = last with
        {
            Received = last.Received - first.Received,
            ReceivedBatches = last.ReceivedBatches - first.ReceivedBatches,
        };
        Report(mode, rate == 0 ? "flood" : $"{rate}/s", seen, cpu, bytes);
    }

    private static void Report(DatagramMode mode, string load, DatagramStatistics seen, TimeSpan cpu, long bytes)
    {
        double received = seen.Received;
        double batch = received / seen.ReceivedBatches;
        Console.WriteLine(
            $"{mode,-9} {load,-12} {received,10} {batch,10:F1} {cpu.TotalMicroseconds / received,14:F2} {bytes / received,13:F3}");
    }

    private static void Send(int port, int rate)
    {
        using IDatagramEndpoint sender = DatagramBenchmarks.Bind(DatagramMode.Automatic);
        using var output = new DatagramBatch(PinnedBlockPool.Large, Burst, PacketBytes);
        while (!output.IsFull) output.Append(PeerAddress.From(IPAddress.Loopback, port), PacketBytes);
        long start = Stopwatch.GetTimestamp();
        for (long sent = 0; ; sent += Burst)
        {
            // Bursts, because a node's gossip comes from many peers at once and not evenly spaced.
            while (rate > 0 && Stopwatch.GetElapsedTime(start).TotalSeconds < (double)sent / rate) Thread.Yield();
            DatagramBenchmarks.Await(sender.SendAsync(output));
        }
    }
}
