using System.Buffers;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

public sealed class StreamTableTests
{
    [Fact]
    public void Random_work_agrees_with_a_dictionary()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var table = new StreamTable();
            var twin = new Dictionary<uint, YamuxStream>();
            int range = random.Next(1, 2000);
            for (int step = 0; step < 3000; step++)
            {
                uint id = (uint)random.Next(range);
                if (random.Next(range) > table.Count && !twin.ContainsKey(id))
                {
                    var stream = new YamuxStream(null!, MemoryPool<byte>.Shared);
                    table.Add(id, stream);
                    twin.Add(id, stream);
                }
                else
                {
                    Assert.Equal(twin.Remove(id), table.Remove(id));
                }

                uint probe = (uint)random.Next(range);
                Assert.Same(twin.GetValueOrDefault(probe), table.Find(probe));
                Assert.Equal(twin.Count, table.Count);
            }

            Assert.Equal(twin.Values.ToHashSet(), [.. table.Drain()]);
            Assert.Equal(0, table.Count);
            Assert.Null(table.Find(1));
        }
    }
}
