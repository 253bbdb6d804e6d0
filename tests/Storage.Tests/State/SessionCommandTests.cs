using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Tests.State;

public sealed class SessionCommandTests : IDisposable
{
    private readonly StateTestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [InlineData("", "n1", "", "", "Missing session ID")]
    [InlineData(StateTestBed.SessionId, "n1", "burn", "", "Invalid session behavior: burn")]
    [InlineData(StateTestBed.SessionId, "none", "", "", "Missing node registration")]
    [InlineData(StateTestBed.SessionId, "n1", "", "gone", "Missing check 'gone' registration")]
    [InlineData(StateTestBed.SessionId, "n1", "", "bad", "Check 'bad' is in critical state")]
    public void Create_reports_what_is_missing(string id, string node, string behavior, string check, string error)
    {
        _bed.Register("n1", checks: StateTestBed.Check("n1", "bad", CheckStatus.Critical));
        Assert.Equal(new ApplyError(error), _bed.CreateSession(node, behavior, id, check.Length == 0 ? [] : [check]));
        Assert.Equal(0ul, _bed.State.IndexOf("sessions"));
    }

    [Fact]
    public void Created_session_is_found_by_id_and_node()
    {
        _bed.Register("n1");
        Assert.Equal(StateTestBed.SessionId, _bed.CreateSession("N1", behavior: ""));
        Session session = _bed.State.Session(StateTestBed.SessionId.ToUpperInvariant(), null).Value!;
        Assert.Equal(("release", 2ul, 2ul), (session.Behavior, session.CreateIndex, session.ModifyIndex));
        Assert.Same(session, Assert.Single(_bed.State.NodeSessions("n1", null).Value));
        Assert.Equal(2ul, _bed.State.Sessions(null).Index);
    }

    [Fact]
    public void Unknown_operation_and_malformed_id_are_errors()
    {
        Assert.Equal(
            new ApplyError("Invalid Session operation 'renew'"),
            _bed.Apply(new SessionRequest { Op = "renew", Session = new Session() }));
        Assert.Equal(
            new ApplyError("failed session lookup: index error: UUID must be 36 characters"),
            _bed.Apply(new SessionRequest { Op = SessionRequest.Destroy, Session = new Session { Id = "x" } }));
    }

    [Theory]
    [InlineData("release")]
    [InlineData("delete")]
    public void Destroying_a_session_frees_its_keys(string behavior)
    {
        _bed.Register("n1");
        _bed.CreateSession("n1", behavior);
        _bed.Kv(KvsOp.Lock, "k", "v", session: StateTestBed.SessionId);
        Assert.Null(Destroy());
        if (behavior == "delete")
        {
            Assert.Null(_bed.Get("k"));
            Assert.Equal(4ul, _bed.State.IndexOf("tombstones"));
        }
        else
        {
            DirEntry entry = _bed.Get("k")!;
            Assert.Equal(("", 1ul, 4ul), (entry.Session, entry.LockIndex, entry.ModifyIndex));
            Assert.Equal("v"u8.ToArray(), entry.Value);
        }

        Assert.Equal((4ul, 4ul), (_bed.State.IndexOf("sessions"), _bed.State.IndexOf("kvs")));
        Assert.Null(Destroy());
        Assert.Equal(4ul, _bed.State.IndexOf("sessions"));
    }

    [Fact]
    public void Lock_delay_follows_the_end_of_a_session_and_passes()
    {
        _bed.Register("n1");
        _bed.CreateSession("n1");
        _bed.Kv(KvsOp.Lock, "k", "v", session: StateTestBed.SessionId);
        Assert.Equal(TimeSpan.Zero, _bed.Store.KvLockDelay("k"u8));
        Destroy();
        Assert.Equal(TimeSpan.FromSeconds(15), _bed.Store.KvLockDelay("k"u8));
        Assert.Equal(TimeSpan.Zero, _bed.Store.KvLockDelay("other"u8));
        _bed.Time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(TimeSpan.FromSeconds(1), _bed.Store.KvLockDelay("k"u8));
        _bed.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, _bed.Store.KvLockDelay("k"u8));
    }

    [Fact]
    public void Key_given_back_before_the_end_has_no_lock_delay()
    {
        _bed.Register("n1");
        _bed.CreateSession("n1");
        _bed.Kv(KvsOp.Lock, "k", "v", session: StateTestBed.SessionId);
        _bed.Kv(KvsOp.Unlock, "k", "v", session: StateTestBed.SessionId);
        Destroy();
        Assert.Equal(TimeSpan.Zero, _bed.Store.KvLockDelay("k"u8));
    }

    [Fact]
    public void Lock_delay_is_cut_to_a_minute()
    {
        _bed.Register("n1");
        _bed.Apply(new SessionRequest
        {
            Op = SessionRequest.Create,
            Session = new Session { Id = StateTestBed.SessionId, Node = "n1", LockDelayNs = long.MaxValue },
        });
        _bed.Kv(KvsOp.Lock, "k", "v", session: StateTestBed.SessionId);
        Destroy();
        Assert.Equal(TimeSpan.FromSeconds(60), _bed.Store.KvLockDelay("k"u8));
    }

    [Theory]
    [InlineData("critical")]
    [InlineData("check")]
    [InlineData("service")]
    [InlineData("node")]
    public void Session_ends_with_what_it_depends_on(string cause)
    {
        _bed.Register("n1", service: StateTestBed.Service("web"), checks: StateTestBed.Check("n1", "c", serviceId: "web"));
        _bed.Apply(new SessionRequest
        {
            Op = SessionRequest.Create,
            Session = new Session { Id = StateTestBed.SessionId, Node = "n1", ServiceChecks = [new SessionServiceCheck("C", "")] },
        });
        _bed.Kv(KvsOp.Lock, "k", "v", session: StateTestBed.SessionId);
        Assert.NotNull(_bed.Get("k"));
        object? result = cause switch
        {
            "critical" => _bed.Register("n1", checks: StateTestBed.Check("n1", "c", CheckStatus.Critical, "web")),
            "check" => _bed.Apply(new DeregisterRequest { Node = "n1", CheckId = "c" }),
            "service" => _bed.Apply(new DeregisterRequest { Node = "n1", ServiceId = "web" }),
            _ => _bed.Apply(new DeregisterRequest { Node = "n1" }),
        };
        Assert.Null(result);
        Assert.Null(_bed.State.Session(StateTestBed.SessionId, null).Value);
        Assert.Equal(("", 4ul), (_bed.Get("k")!.Session, _bed.State.IndexOf("sessions")));
        Assert.Equal(0, _bed.State.Tables.SessionsByCheck.Count + _bed.State.Tables.SessionsByNode.Count);
    }

    [Fact]
    public void Failed_registration_takes_back_the_end_of_sessions_and_their_lock_delays()
    {
        _bed.Register("n1", checks: StateTestBed.Check("n1", "c"));
        _bed.CreateSession("n1", checks: "c");
        _bed.Kv(KvsOp.Lock, "k", "v", session: StateTestBed.SessionId);
        Assert.IsType<ApplyError>(_bed.Register(
            "n1", checks: [StateTestBed.Check("n1", "c", CheckStatus.Critical), StateTestBed.Check("n1", "x", serviceId: "none")]));
        Assert.NotNull(_bed.State.Session(StateTestBed.SessionId, null).Value);
        Assert.Equal(StateTestBed.SessionId, _bed.Get("k")!.Session);
        Assert.Equal(TimeSpan.Zero, _bed.Store.KvLockDelay("k"u8));
        Assert.Equal(CheckStatus.Passing, _bed.State.NodeCheck("n1", "c")!.Status);
    }

    private object? Destroy() =>
        _bed.Apply(new SessionRequest { Op = SessionRequest.Destroy, Session = new Session { Id = StateTestBed.SessionId } });
}
