namespace Consul.Fast.Consensus.Tests;

public class ChunkingTests
{
    [Fact]
    public void Headers_are_written_as_Consul_writes_them()
    {
        byte[] command = new byte[(2 * Chunking.ChunkSize) - 1];
        Chunk[] chunks = Chunking.Split(command, 0x14eb_99e0_839f_1e9f);
        Assert.Equal([Chunking.ChunkSize, Chunking.ChunkSize - 1], chunks.Select(c => c.Data.Length));
        Assert.Equal(
            ["089FBDFC9C88BCE6F5141802", "089FBDFC9C88BCE6F51410011802"],
            chunks.Select(c => Convert.ToHexString(c.Extensions.Span)));
    }

    [Theory]
    [InlineData(2, Chunking.ChunkSize, false)]
    [InlineData(2, Chunking.ChunkSize + 1, true)]
    [InlineData(8, Chunking.ChunkSize + 1, false)]
    public void Only_kv_commands_above_the_limit_are_split(byte type, int length, bool needed)
    {
        byte[] command = new byte[length];
        command[0] = type;
        Assert.Equal(needed, Chunking.IsNeeded(command));
    }
}
