using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Storage.Snapshots;

namespace Consul.Fast.Storage.Tests.Snapshots;

public sealed class SnapshotArchiveTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly byte[] _recorded = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "snapshot.tgz"));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Recorded_archive_is_read_and_verified()
    {
        using var snapshot = await ReadAsync(_recorded);

        Assert.Equal(("2-65-1795401930268", 65UL, 2UL, 1UL, 21135L), (
            snapshot.Meta.Id, snapshot.Meta.Index, snapshot.Meta.Term, snapshot.Meta.ConfigurationIndex, snapshot.Meta.Size));
        Assert.Equal(3, snapshot.Meta.Configuration.Servers.Count);
        Assert.Equal(
            new RaftServer(Suffrage.Voter, "00000002-1111-2222-3333-444444444442", "127.0.0.72:38300"),
            snapshot.Meta.Configuration.Servers[1]);
        Assert.Equal(
            "1086e3953da5e7e8c3b4529bf4436d36043a75fe7d7beb8b41aa0a395724ba56",
            Convert.ToHexStringLower(SHA256.HashData(Read(snapshot.State))));
    }

    [Fact]
    public async Task Archive_written_from_a_recorded_one_has_the_same_members_byte_for_byte()
    {
        using var snapshot = await ReadAsync(_recorded);
        using var written = new MemoryStream();
        await SnapshotArchive.WriteAsync(written, snapshot.Meta, snapshot.State);

        Assert.Equal(Texts(_recorded), Texts(written.ToArray()));
    }

    [Fact]
    public async Task Member_names_modes_and_order_are_those_of_the_format()
    {
        var archive = await WriteAsync(1000);

        Assert.Equal(
            ["meta.json RegularFile 600", "state.bin RegularFile 600", "SHA256SUMS RegularFile 600"],
            Entries(archive).Select(e => $"{e.Name} {e.EntryType} {Convert.ToString((int)e.Mode, 8)}"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(3_000_000)]
    public async Task State_of_any_size_comes_back_and_the_temporary_file_goes(int size)
    {
        var archive = await WriteAsync(size);

        using (var snapshot = await ReadAsync(archive))
        {
            Assert.Equal(State(size), Read(snapshot.State));
            Assert.Single(Directory.GetFiles(_directory.Path));
        }
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1001)]
    [InlineData(2000)]
    public async Task State_of_another_size_than_described_is_refused(int size)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            SnapshotArchive.WriteAsync(new MemoryStream(), Meta(1000), new MemoryStream(State(size))));
    }

    [Fact]
    public async Task Archive_cut_anywhere_is_refused()
    {
        for (var length = 0; length < _recorded.Length; length += length < 20 ? 1 : 37)
            await AssertRefusedAsync(_recorded[..length]);
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task Archive_with_a_changed_byte_is_refused()
    {
        // The bytes before are the header, whose time and system name do not matter.
        for (var at = 10; at < _recorded.Length; at += 53)
        {
            var changed = _recorded.ToArray();
            changed[at] ^= 1;
            await AssertRefusedAsync(changed);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(10_000)]
    public async Task Data_after_the_archive_is_refused(int bytes)
    {
        await AssertRefusedAsync([.. _recorded, .. new byte[bytes]]);
        await AssertRefusedAsync([.. _recorded, .. State(bytes)]);
    }

    [Fact]
    public async Task Second_compressed_stream_is_refused()
    {
        var error = await AssertRefusedAsync([.. _recorded, .. _recorded]);
        Assert.EndsWith("unread uncompressed bytes remain", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "failed to decompress snapshot: EOF")]
    [InlineData("abc", "failed to decompress snapshot: unexpected EOF")]
    [InlineData("not a snapshot at all", "failed to decompress snapshot: gzip: invalid header")]
    public async Task Input_that_is_not_compressed_is_refused_in_the_known_words(string input, string expected)
    {
        Assert.Equal(expected, (await AssertRefusedAsync(Encoding.ASCII.GetBytes(input))).Message);
    }

    [Theory]
    [InlineData("other.txt", "unexpected file \"other.txt\" in snapshot")]
    [InlineData("meta.json", "file \"meta.json\" appears twice in snapshot")]
    [InlineData("SHA256SUMS", "file \"SHA256SUMS\" appears twice in snapshot")]
    public async Task Member_that_does_not_belong_is_refused(string name, string expected)
    {
        var members = Members(_recorded).Append((name, "x"u8.ToArray()));
        Assert.EndsWith(expected, (await AssertRefusedAsync(Pack(members))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("meta.json", "hash check failed for \"meta.json\"")]
    [InlineData("state.bin", "hash check failed for \"state.bin\"")]
    [InlineData("SHA256SUMS", "file missing for \"meta.json\"")]
    public async Task Missing_member_fails_the_integrity_check(string name, string expected)
    {
        var error = await AssertRefusedAsync(Pack(Members(_recorded).Where(m => m.Name != name)));
        Assert.Equal("failed to read snapshot file: failed checking integrity of snapshot: " + expected, error.Message);
    }

    [Fact]
    public async Task Archive_without_members_fails_the_integrity_check()
    {
        var error = await AssertRefusedAsync([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.EndsWith("failed checking integrity of snapshot: file missing for \"meta.json\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Integrity_is_told_before_data_that_follows()
    {
        var members = Members(_recorded).Select(m => m.Name != "state.bin" ? m : (m.Name, (byte[])[.. m.Content, (byte)'x']));
        var padded = Pack(members, padding: 4096);
        Assert.EndsWith("hash check failed for \"state.bin\"", (await AssertRefusedAsync(padded)).Message, StringComparison.Ordinal);
        Assert.EndsWith("unread uncompressed bytes remain", (await AssertRefusedAsync(Pack(Members(_recorded), 4096))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, "failed reading snapshot")]
    [InlineData(600, "failed to read snapshot metadata")]
    [InlineData(3000, "failed to read or write snapshot data")]
    public async Task Cut_archive_tells_what_could_not_be_read(int length, string expected)
    {
        var error = await AssertRefusedAsync(Compress(Decompress(_recorded)[..length]));
        Assert.Equal($"failed to read snapshot file: {expected}: unexpected EOF", error.Message);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"Version\":1,")]
    [InlineData("{\"ID\":\"x")]
    [InlineData("")]
    public async Task Cut_description_is_told(string json)
    {
        var members = Members(_recorded).Select(m => m.Name != "meta.json" ? m : (m.Name, Encoding.ASCII.GetBytes(json)));
        Assert.Equal(
            "failed to read snapshot file: failed to decode snapshot metadata: unexpected end of JSON input",
            (await AssertRefusedAsync(Pack(members))).Message);
    }

    [Theory]
    [InlineData("nothing", "invalid character 'o' in literal null (expecting 'u')")]
    [InlineData("{\"Vers\n", "invalid character '\\n' in string literal")]
    [InlineData("{} x", "invalid character 'x' after top-level value")]
    [InlineData("[]", "json: cannot unmarshal array into Go value of type raft.SnapshotMeta")]
    [InlineData("5", "json: cannot unmarshal number into Go value of type raft.SnapshotMeta")]
    [InlineData("{\"Version\":\"x\"}", "json: cannot unmarshal string into Go struct field SnapshotMeta.Version of type raft.SnapshotVersion")]
    [InlineData("{\"Index\":-1}", "json: cannot unmarshal number -1 into Go struct field SnapshotMeta.Index of type uint64")]
    [InlineData("{\"Size\":1.5}", "json: cannot unmarshal number 1.5 into Go struct field SnapshotMeta.Size of type int64")]
    [InlineData("{\"ID\":true}", "json: cannot unmarshal bool into Go struct field SnapshotMeta.ID of type string")]
    [InlineData("{\"Peers\":5}", "json: cannot unmarshal number into Go struct field SnapshotMeta.Peers of type []uint8")]
    [InlineData("{\"Peers\":\"YWE*\"}", "illegal base64 data at input byte 3")]
    [InlineData(
        "{\"Configuration\":[]}", "json: cannot unmarshal array into Go struct field SnapshotMeta.Configuration of type raft.Configuration")]
    [InlineData(
        "{\"Configuration\":{\"Servers\":{}}}",
        "json: cannot unmarshal object into Go struct field Configuration.Configuration.Servers of type []raft.Server")]
    [InlineData(
        "{\"Configuration\":{\"Servers\":[{},5]}}",
        "json: cannot unmarshal number into Go struct field Configuration.Configuration.Servers of type raft.Server")]
    [InlineData(
        "{\"Configuration\":{\"Servers\":[{},{\"ID\":5}]}}",
        "json: cannot unmarshal number into Go struct field Server.Configuration.Servers.ID of type raft.ServerID")]
    public async Task Wrong_description_is_told_in_the_known_words(string json, string expected)
    {
        var members = Members(_recorded).Select(m => m.Name != "meta.json" ? m : (m.Name, Encoding.ASCII.GetBytes(json)));
        Assert.Equal(
            "failed to read snapshot file: failed to decode snapshot metadata: " + expected, (await AssertRefusedAsync(Pack(members))).Message);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(9000)]
    public async Task Bytes_after_the_end_of_the_tar_are_counted(int bytes)
    {
        Assert.Equal($"{bytes} unread uncompressed bytes remain", (await AssertRefusedAsync(Pack(Members(_recorded), bytes))).Message);
    }

    [Fact]
    public async Task Temporary_file_that_cannot_be_made_is_told_in_the_known_words()
    {
        var fault = await Assert.ThrowsAsync<SnapshotFileException>(() =>
            SnapshotArchive.ReadAsync(new MemoryStream(_recorded), Path.Combine(_directory.Path, "missing")));
        Assert.Equal("failed to create temp snapshot file: no such file or directory", fault.Message);
    }

    [Theory]
    [InlineData("meta.json")]
    [InlineData("state.bin")]
    public async Task Member_without_its_hash_is_refused(string name)
    {
        var members = Members(_recorded);
        var sums = Encoding.ASCII.GetString(members[2].Content).Split('\n').Where(l => !l.Contains(name, StringComparison.Ordinal));
        members[2] = ("SHA256SUMS", Encoding.ASCII.GetBytes(string.Join('\n', sums)));
        Assert.Contains($"file missing for \"{name}\"", (await AssertRefusedAsync(Pack(members))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_state_fails_its_hash()
    {
        var members = Members(_recorded).Select(m => m.Name != "state.bin" ? m : (m.Name, m.Content.Reverse().ToArray()));
        var error = await AssertRefusedAsync(Pack(members));
        Assert.EndsWith("integrity of snapshot: hash check failed for \"state.bin\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_version_is_refused()
    {
        var members = Members(_recorded).Select(m => m.Name != "meta.json" ? m : (m.Name, "{\"Version\":2}"u8.ToArray()));
        var error = await AssertRefusedAsync(Pack(members));
        Assert.Contains("unsupported snapshot version 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Oldest_version_takes_its_configuration_from_the_peers()
    {
        var meta = SnapshotMetaJson.Decode("""{"Version":0,"ID":"1-2-3","Index":2,"Term":1,"Peers":"kqNhOjGjYjoy","Size":5}"""u8);

        Assert.Equal(
            [new RaftServer(Suffrage.Voter, "a:1", "a:1"), new RaftServer(Suffrage.Voter, "b:2", "b:2")],
            meta.Configuration.Servers);
    }

    private async Task<InvalidDataException> AssertRefusedAsync(byte[] archive) =>
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(archive));

    private Task<ReadSnapshot> ReadAsync(byte[] archive) => SnapshotArchive.ReadAsync(new MemoryStream(archive), _directory.Path);

    private static async Task<byte[]> WriteAsync(int size)
    {
        using var output = new MemoryStream();
        await SnapshotArchive.WriteAsync(output, Meta(size), new MemoryStream(State(size)));
        return output.ToArray();
    }

    private static SnapshotMeta Meta(int size) => new("1-2-3", 2, 1, ClusterConfiguration.Empty, 1, size);

    private static byte[] State(int size)
    {
        var state = new byte[size];
        new Random(size).NextBytes(state);
        return state;
    }

    private static byte[] Read(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static List<TarEntry> Entries(byte[] archive)
    {
        using var tar = new TarReader(new GZipStream(new MemoryStream(archive), CompressionMode.Decompress));
        var entries = new List<TarEntry>();
        while (tar.GetNextEntry(copyData: true) is { } entry) entries.Add(entry);
        return entries;
    }

    private static List<(string Name, byte[] Content)> Members(byte[] archive) =>
        [.. Entries(archive).Select(e => (e.Name, e.DataStream is null ? [] : Read(e.DataStream)))];

    private static IEnumerable<string> Texts(byte[] archive) => Members(archive).Select(m => $"{m.Name} {Convert.ToHexString(m.Content)}");

    /// <param name="padding">Empty bytes after the archive, inside the compression.</param>
    private static byte[] Pack(IEnumerable<(string Name, byte[] Content)> members, int padding = 0)
    {
        using var output = new MemoryStream();
        using (var tar = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content) in members)
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        output.Write(new byte[padding]);
        return Compress(output.ToArray());
    }

    private static byte[] Compress(byte[] content)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionMode.Compress)) gzip.Write(content);
        return output.ToArray();
    }

    private static byte[] Decompress(byte[] compressed) =>
        Read(new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress));
}
