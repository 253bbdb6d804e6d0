using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Storage.Tests.State;

/// <summary>The recorded log must give the recorded state, as far as its commands are built.</summary>
public sealed class RecordedClusterTests
{
    /// <summary>Tables that the built commands fill completely.</summary>
    private static readonly CommandType[] BuiltTables =
    [
        CommandType.Register, CommandType.CoordinateBatch, CommandType.Session, CommandType.Kvs, CommandType.Tombstone,
        CommandType.FederationState, CommandType.SystemMetadata, CommandType.Intention, CommandType.Autopilot,
    ];

    /// <summary>Index rows of parts whose commands are not applied yet: access control, queries, mesh, federation.</summary>
    private static readonly string[] ForeignRows =
    [
        "acl-auth-methods", "acl-binding-rules", "acl-policies", "acl-roles", "acl-token-bootstrap", "acl-tokens", "config-entries",
        "connect-ca-builtin", "connect-ca-builtin-serial", "connect-ca-roots", "gateway-services", "mesh-topology", "prepared-queries",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(65)]
    public void Recorded_log_gives_the_recorded_state(int batchSize)
    {
        using var bed = new StateTestBed();
        foreach (LogEntry[] batch in RecordedCluster.Log.Where(IsBuilt).Chunk(batchSize)) bed.Store.Apply(batch, new object?[batch.Length]);
        List<(CommandType Type, string Text)> expected = StateStreamText.Of(RecordedCluster.State);
        List<(CommandType Type, string Text)> actual = StateStreamText.Of(bed.Snapshot());
        Assert.Equal(expected.Where(static r => BuiltTables.Contains(r.Type)), actual.Where(static r => BuiltTables.Contains(r.Type)));
        Assert.Equal(
            expected.Where(static r => r.Type == CommandType.Index && !ForeignRows.Any(row => r.Text.Contains('"' + row + '"'))),
            actual.Where(static r => r.Type == CommandType.Index && !ForeignRows.Any(row => r.Text.Contains('"' + row + '"'))));
        Assert.Equal(expected[^1], actual[^1]);
    }

    [Fact]
    public void Failing_entries_of_the_log_report_their_errors()
    {
        using var bed = new StateTestBed();
        var results = new Dictionary<ulong, object?>();
        foreach (LogEntry entry in RecordedCluster.Log.Where(IsBuilt))
        {
            var result = new object?[1];
            bed.Store.Apply([entry], result);
            results[entry.Index] = result[0];
        }

        Assert.Equal(new ApplyError("Missing check 'serfHealth' registration"), results[36]);
        Assert.IsType<ApplyError>(results[37]);
        Assert.Equal(new ApplyError("Missing check 'serfHealth' registration"), results[57]);
        Assert.Equal(StateTestBed.SessionId, results[58]);
        Assert.Equal(true, results[59]);
        Assert.Null(results[60]);
        Assert.Equal(new ChunkedResult(null), results[61]);
        Assert.Equal(4, Assert.IsType<TxnResponse>(results[56]).Results!.Count);
    }

    [Fact]
    public void Restored_state_is_saved_again_without_loss()
    {
        using var bed = new StateTestBed();
        bed.Store.Restore(new MemoryStream(RecordedCluster.State));
        byte[] saved = bed.Snapshot();
        Assert.Equal(StateStreamText.Of(RecordedCluster.State), StateStreamText.Of(saved));
        Assert.Equal(RecordedCluster.State.Length, saved.Length);
        Assert.Equal(RecordedCluster.State[..12], saved[..12]);
    }

    [Fact]
    public void Log_goes_on_after_a_restore()
    {
        using var bed = new StateTestBed();
        bed.Store.Restore(new MemoryStream(RecordedCluster.State));
        bed.Index = 65;
        Assert.Null(bed.Apply(new SessionRequest
        {
            Op = SessionRequest.Destroy,
            Session = new Storage.Records.Session { Id = StateTestBed.SessionId },
        }));
        Assert.Null(bed.Get("locked"));
        Assert.Equal(66ul, bed.State.IndexOf("sessions"));
        Assert.Equal(66ul, bed.State.IndexOf("tombstones"));
    }

    private static bool IsBuilt(LogEntry entry) => entry.Type == EntryType.Command
        && (!entry.Extensions.IsEmpty
            || (CommandType)(entry.Data.Span[0] & 0x7f) is CommandType.Register or CommandType.Deregister or CommandType.Kvs
                or CommandType.Session or CommandType.Tombstone or CommandType.Txn or CommandType.CoordinateBatch
                or CommandType.FederationState or CommandType.SystemMetadata or CommandType.ConnectCaLeaf or CommandType.Autopilot
            || IsMigration(entry));

    private static bool IsMigration(LogEntry entry) =>
        (CommandType)entry.Data.Span[0] == CommandType.Intention && entry.Data.Span.IndexOf("delete-all"u8) >= 0;
}
