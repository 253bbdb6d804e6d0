namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class OperatorCommandTests
{
    private const string Configuration =
        """
        {"CleanupDeadServers":true,"LastContactThreshold":"200ms","MaxTrailingLogs":250,"MinQuorum":0,"ServerStabilizationTime":"10s",
        "RedundancyZoneTag":"","DisableUpgradeMigration":false,"UpgradeVersionTag":"","CreateIndex":4,"ModifyIndex":17,"Novelty":1}
        """;

    private const string State =
        """
        {"Healthy":true,"FailureTolerance":0,"OptimisticFailureTolerance":0,"Servers":{"b":{"ID":"b","Name":"n2","Address":"10.0.0.2:8300",
        "NodeStatus":"left","Version":"","LastContact":"1.5ms","LastTerm":2,"LastIndex":6,"Healthy":false,"StableSince":"2026-11-24T14:53:49Z",
        "ReadReplica":false,"Status":"non-voter","Meta":null,"NodeType":"voter"},"a":{"ID":"a","Name":"n1","Address":"10.0.0.1:8300",
        "NodeStatus":"alive","Version":"1.10.12","LastContact":"0s","LastTerm":2,"LastIndex":7,"Healthy":true,
        "StableSince":"2026-11-24T14:53:49Z","ReadReplica":false,"Status":"leader","Meta":{"rack":"<7>","consul-network-segment":""},
        "NodeType":"voter"}},"Leader":"a","Voters":["a"]}
        """;

    [Fact]
    public async Task Get_config_prints_the_settings()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/operator/autopilot/configuration?stale=", Configuration);
        Assert.Equal(
            """
            CleanupDeadServers = true
            LastContactThreshold = 200ms
            MaxTrailingLogs = 250
            MinQuorum = 0
            ServerStabilizationTime = 10s
            RedundancyZoneTag = ""
            DisableUpgradeMigration = false
            UpgradeVersionTag = ""

            """,
            (await agent.Run("operator", "autopilot", "get-config", "-stale", "extra")).Out);
    }

    [Fact]
    public async Task Set_config_changes_what_is_given_and_keeps_the_rest()
    {
        using StubAgent agent = new StubAgent()
            .Answer("GET /v1/operator/autopilot/configuration", Configuration)
            .Answer("PUT /v1/operator/autopilot/configuration?cas=17", "true\n");
        Assert.Equal(
            new CliRun(0, "Configuration updated!\n", ""),
            await agent.Run(
                "operator", "autopilot", "set-config", "-cleanup-dead-servers=false", "-max-trailing-logs=300", "-min-quorum", "3",
                "-last-contact-threshold=1500ms", "-redundancy-zone-tag=z"));
        Assert.Equal(
            """
            PUT /v1/operator/autopilot/configuration?cas=17 {"CleanupDeadServers":false,"LastContactThreshold":"1.5s","MaxTrailingLogs":300,
            "MinQuorum":3,"ServerStabilizationTime":"10s","RedundancyZoneTag":"z","DisableUpgradeMigration":false,"UpgradeVersionTag":"",
            "CreateIndex":0,"ModifyIndex":0}
            """.ReplaceLineEndings(""),
            agent.Requests[1]);
    }

    [Fact]
    public async Task Set_config_reports_a_lost_race_and_faults()
    {
        using StubAgent lost = new StubAgent()
            .Answer("GET /v1/operator/autopilot/configuration", Configuration)
            .Answer("PUT /v1/operator/autopilot/configuration?cas=17", "false\n");
        Assert.Equal(
            new CliRun(1, "Configuration could not be atomically updated, please try again\n", ""),
            await lost.Run("operator", "autopilot", "set-config"));
        using StubAgent unwritable = new StubAgent { Otherwise = (500, "No cluster leader") }
            .Answer("GET /v1/operator/autopilot/configuration", Configuration);
        Assert.Equal(
            new CliRun(1, "", "Error setting Autopilot configuration: Unexpected response code: 500 (No cluster leader)\n"),
            await unwritable.Run("operator", "autopilot", "set-config"));
        using StubAgent unreadable = new StubAgent { Otherwise = (500, "No cluster leader") };
        foreach (string command in (string[])["get-config", "set-config"])
        {
            Assert.Equal(
                new CliRun(1, "", "Error querying Autopilot configuration: Unexpected response code: 500 (No cluster leader)\n"),
                await unreadable.Run("operator", "autopilot", command));
        }

        Assert.Equal(
            new CliRun(1, "", "Error querying Autopilot state: Unexpected response code: 500 (No cluster leader)\n"),
            await unreadable.Run("operator", "autopilot", "state"));
    }

    [Theory]
    [InlineData("-min-quorum=x", "invalid value \"x\" for flag -min-quorum: strconv.ParseUint: parsing \"x\": invalid syntax")]
    [InlineData("-min-quorum=-1", "invalid value \"-1\" for flag -min-quorum: strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("-last-contact-threshold=5", "invalid value \"5\" for flag -last-contact-threshold: time: missing unit in duration \"5\"")]
    [InlineData("-cleanup-dead-servers=maybe",
        "invalid boolean value \"maybe\" for -cleanup-dead-servers: strconv.ParseBool: parsing \"maybe\": invalid syntax")]
    [InlineData("-bad", "flag provided but not defined: -bad")]
    public async Task Set_config_tells_what_is_wrong_with_a_value(string flag, string error)
    {
        CliRun run = await CliRun.Of(["operator", "autopilot", "set-config", flag], []);
        Assert.Equal(1, run.Exit);
        Assert.StartsWith(error + "\nUsage:\n", run.Error, StringComparison.Ordinal);
        Assert.EndsWith($"\nFailed to parse args: {error}\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_prints_servers_by_id()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/operator/autopilot/state", State);
        Assert.Equal(
            """
            Healthy:                      true
            Failure Tolerance:            0
            Optimistic Failure Tolerance: 0
            Leader:                       a
            Voters:
               a
            Servers:
               a
                  Name:            n1
                  Address:         10.0.0.1:8300
                  Version:         1.10.12
                  Status:          leader
                  Node Type:       voter
                  Node Status:     alive
                  Healthy:         true
                  Last Contact:    0s
                  Last Term:       2
                  Last Index:      7
                  Meta
                     "consul-network-segment": ""
                     "rack": "<7>"
               b
                  Name:            n2
                  Address:         10.0.0.2:8300
                  Version:         
                  Status:          non-voter
                  Node Type:       voter
                  Node Status:     left
                  Healthy:         false
                  Last Contact:    1.5ms
                  Last Term:       2
                  Last Index:      6


            """,
            (await agent.Run("operator", "autopilot", "state")).Out);
        Assert.Equal(new CliRun(1, "", "Unknown format: zz\n"), await agent.Run("operator", "autopilot", "state", "-format=zz"));
        string json = (await agent.Run("operator", "autopilot", "state", "-format=json")).Out;
        Assert.StartsWith("{\n    \"Healthy\": true,\n    \"FailureTolerance\": 0,\n", json, StringComparison.Ordinal);
        Assert.EndsWith("    \"Voters\": [\n        \"a\"\n    ]\n}\n", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_peer_takes_an_address_or_an_id()
    {
        using StubAgent agent = new StubAgent { Otherwise = (500, "id \"zz\" was not found in the Raft configuration") }
            .Answer("DELETE /v1/operator/raft/peer?address=10.0.0.1%3A8300", "")
            .Answer("DELETE /v1/operator/raft/peer?id=a", "");
        Assert.Equal("Removed peer with address \"10.0.0.1:8300\"\n", (await agent.Run("operator", "raft", "remove-peer", "-address=10.0.0.1:8300")).Out);
        Assert.Equal("Removed peer with id \"a\"\n", (await agent.Run("operator", "raft", "remove-peer", "-id=a")).Out);
        Assert.Equal(
            new CliRun(1, "", "Error removing peer: Unexpected response code: 500 (id \"zz\" was not found in the Raft configuration)\n"),
            await agent.Run("operator", "raft", "remove-peer", "-id=zz"));
        Assert.Equal(
            new CliRun(1, "", "Error removing peer: an address or id is required for the peer to remove\n"),
            await agent.Run("operator", "raft", "remove-peer", "x"));
        Assert.Equal(
            new CliRun(1, "", "Error removing peer: cannot give both an address and id\n"),
            await agent.Run("operator", "raft", "remove-peer", "-id=a", "-address=b"));
    }
}
