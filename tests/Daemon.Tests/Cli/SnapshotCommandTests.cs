using System.Buffers;
using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Cli.Snapshot;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Snapshots;

namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class SnapshotCommandTests
{
    [Fact]
    public async Task Inspect_prints_types_by_size()
    {
        string file = await Archive();
        CliRun run = await CliRun.Of("snapshot", "inspect", "-kvdetails", file);
        Assert.Equal("""
             ID           2-56-1795403247716
             Size         120
             Index        56
             Term         2
             Version      1

             Type       Count      Size
             ----       ----       ----
             KVS        3          110B
             Index      1          10B
             ----       ----       ----
             Total                 120B

             Key Name      Count      Size
             ----          ----       ----
             a/b           2          90B
             z             1          20B
             ----          ----       ----
             Total                    110B

            """, run.Out);
    }

    [Fact]
    public async Task Inspect_cuts_and_filters_keys()
    {
        string file = await Archive();
        Assert.Contains("\n a             2          90B\n", (await CliRun.Of("snapshot", "inspect", "-kvdetails", "-kvdepth=1", file)).Out);
        Assert.DoesNotContain("\n z ", (await CliRun.Of("snapshot", "inspect", "-kvdetails", "-kvfilter=a", file)).Out);
        Assert.DoesNotContain("Key Name", (await CliRun.Of("snapshot", "inspect", file)).Out);
        Assert.DoesNotContain("Key Name", (await CliRun.Of("snapshot", "inspect", "-kvdetails", "-kvfilter=none", file)).Out);
        Assert.Contains(
            "\"StatsKV\": null,", (await CliRun.Of("snapshot", "inspect", "-format=json", "-kvdetails", "-kvfilter=none", file)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_prints_json()
    {
        string json = (await CliRun.Of("snapshot", "inspect", "-format=json", await Archive())).Out;
        Assert.StartsWith("{\n   \"Meta\": {\n      \"ID\": \"2-56-1795403247716\",\n", json);
        Assert.Contains("\"StatsKV\": null,\n   \"TotalSize\": 120,\n   \"TotalSizeKV\": 0\n}\n", json);
    }

    [Theory]
    [InlineData("snapshot inspect", "Missing FILE argument\n")]
    [InlineData("snapshot inspect a b", "Too many arguments (expected 1, got 2)\n")]
    [InlineData("snapshot inspect nope", "Error opening snapshot file: open nope: no such file or directory\n")]
    [InlineData("snapshot inspect -format=zz nope", "Error opening snapshot file: open nope: no such file or directory\n")]
    [InlineData("snapshot restore nope", "Error opening snapshot file: open nope: no such file or directory\n")]
    [InlineData("snapshot save", "Missing FILE argument\n")]
    public async Task Wrong_calls_are_explained(string line, string error) =>
        Assert.Equal(new CliRun(1, "", error), await CliRun.Of(line.Split(' ')));

    [Fact]
    public async Task Save_keeps_no_archive_that_does_not_verify()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/snapshot", "no archive");
        string file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "x.snap");
        CliRun run = await agent.Run("snapshot", "save", file);
        Assert.Equal(1, run.Exit);
        Assert.StartsWith("Error verifying snapshot file: ", run.Error);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task Save_names_the_file_that_it_cannot_write()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/snapshot", "archive");
        CliRun run = await agent.Run("snapshot", "save", "/nonexistent/x.snap");
        Assert.Matches(
            "^Error writing unverified snapshot file: open /nonexistent/x\\.snap\\.unverified\\.tmp[0-9]+: no such file or directory\n$", run.Error);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(608, "608B")]
    [InlineData(1024, "1KB")]
    [InlineData(2662, "2.6KB")]
    [InlineData(1_572_864, "1.5MB")]
    public void Sizes_have_at_most_one_decimal(long bytes, string text) => Assert.Equal(text, SnapshotReport.Size(bytes));

    private static async Task<string> Archive()
    {
        byte[] state = State();
        string file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "x.snap");
        await using FileStream output = File.Create(file);
        var meta = new SnapshotMeta("2-56-1795403247716", 56, 2, ClusterConfiguration.Empty, 1, state.Length);
        await SnapshotArchive.WriteAsync(output, meta, new MemoryStream(state));
        return file;
    }

    /// <summary>Two keys below <c>a/b</c>, one at <c>z</c>, one index row.</summary>
    private static byte[] State()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MsgPackWriter(buffer);
        writer.WriteMapHeader(1);
        writer.WriteString("LastIndex");
        writer.WriteUInt64(56);
        foreach ((string key, int value) in (ReadOnlySpan<(string, int)>)[("a/b/c", 20), ("a/b/d", 20), ("z", 5)])
        {
            writer.WriteRaw([(byte)CommandType.Kvs]);
            writer.WriteMapHeader(2);
            writer.WriteString("Key");
            writer.WriteString(key);
            writer.WriteString("Value");
            writer.WriteBytes(Encoding.ASCII.GetBytes(new string('v', value)));
        }

        writer.WriteRaw([(byte)CommandType.Index]);
        writer.WriteMapHeader(1);
        writer.WriteString("Key");
        writer.WriteString("kvs");
        return buffer.WrittenSpan.ToArray();
    }
}
