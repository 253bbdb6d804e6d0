using System.Text;
using Consul.Fast.Daemon.Checks;
using CsCheck;

namespace Consul.Fast.Daemon.Tests.Checks;

public sealed class TailBufferTests
{
    [Fact]
    public void Tail_of_any_sequence_of_writes_is_kept() =>
        Gen.Select(Gen.Int[1, 40], Gen.String[Gen.Char['a', 'z'], 0, 60].Array[0, 8]).Sample((capacity, writes) =>
        {
            var buffer = new TailBuffer(capacity);
            foreach (string write in writes) buffer.Write(Encoding.UTF8.GetBytes(write));
            string all = string.Concat(writes);
            string tail = all[Math.Max(0, all.Length - capacity)..];
            return buffer.ToString() == tail && buffer.Total == all.Length
                && buffer.ToCapturedText() == (tail.Length < all.Length ? $"Captured {capacity} of {all.Length} bytes\n...\n{tail}" : all);
        });
}
