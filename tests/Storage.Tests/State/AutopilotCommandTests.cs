using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Tests.State;

public sealed class AutopilotCommandTests
{
    [Fact]
    public void There_is_none_at_first()
    {
        using var bed = new StateTestBed();
        Assert.Null(bed.State.Autopilot);
    }

    [Fact]
    public void Set_stores_the_record_and_keeps_its_creation()
    {
        using var bed = new StateTestBed();
        Assert.Null(bed.Apply(Request(trailing: 250)));
        Assert.Equal(Configuration(250, create: 1, modify: 1), bed.State.Autopilot);
        Assert.Null(bed.Apply(Request(trailing: 7, modifyIndex: 99)));
        Assert.Equal(Configuration(7, create: 1, modify: 2), bed.State.Autopilot);
        Assert.Empty(bed.State.IndexRows());
    }

    [Theory]
    [InlineData(0ul, false)]
    [InlineData(2ul, false)]
    [InlineData(1ul, true)]
    public void Conditional_set_compares_the_index(ulong modifyIndex, bool applies)
    {
        using var bed = new StateTestBed();
        bed.Apply(Request(trailing: 250));
        Assert.Equal(applies, bed.Apply(Request(trailing: 7, modifyIndex, cas: true)));
        Assert.Equal(applies ? Configuration(7, create: 1, modify: 2) : Configuration(250, create: 1, modify: 1), bed.State.Autopilot);
    }

    [Fact]
    public void Conditional_set_needs_a_record()
    {
        using var bed = new StateTestBed();
        Assert.Equal(false, bed.Apply(Request(trailing: 7, modifyIndex: 0, cas: true)));
        Assert.Null(bed.State.Autopilot);
    }

    [Fact]
    public void Snapshot_brings_the_record_back()
    {
        using var bed = new StateTestBed();
        var full = new AutopilotConfiguration
        {
            CleanupDeadServers = true,
            LastContactThresholdNs = 200_000_000,
            MaxTrailingLogs = 250,
            MinQuorum = 3,
            ServerStabilizationTimeNs = 10_000_000_000,
            RedundancyZoneTag = "zone",
            DisableUpgradeMigration = true,
            UpgradeVersionTag = "build",
        };
        bed.Apply(new AutopilotRequest { Configuration = full });
        using var other = new StateTestBed();
        other.Store.Restore(new MemoryStream(bed.Snapshot()));
        Assert.Equal(full with { CreateIndex = 1, ModifyIndex = 1 }, other.State.Autopilot);
    }

    private static AutopilotRequest Request(ulong trailing, ulong modifyIndex = 0, bool cas = false) =>
        new() { Configuration = Configuration(trailing, create: 0, modifyIndex), Cas = cas };

    private static AutopilotConfiguration Configuration(ulong trailing, ulong create, ulong modify) =>
        new() { MaxTrailingLogs = trailing, CreateIndex = create, ModifyIndex = modify };
}
