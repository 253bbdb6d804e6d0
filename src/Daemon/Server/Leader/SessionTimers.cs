using System.Collections.Concurrent;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>
/// The leader's time limits of sessions: a session that is not renewed for twice its TTL is destroyed. Lives in memory
/// only; a new leader gives every session a fresh limit. Thread safe.
/// </summary>
internal sealed class SessionTimers(StateStore store, CommandProposer commands, TimerWheel timers, ILogger logger) : ISessionTimers
{
    /// <summary>A TTL is a lower bound: clients that renew at the last moment get as much again for the way.</summary>
    private const int TtlMultiplier = 2;

    private const int MaxAttempts = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, SessionTimer> _sessions = new(StringComparer.Ordinal);

    public int Count => _sessions.Count;

    /// <summary>Starts with all sessions of the state, as a new leader.</summary>
    public void Start()
    {
        foreach (Session session in store.Current.Sessions(null).Value) Reset(session);
    }

    /// <summary>Forgets everything: another server leads.</summary>
    public void Stop()
    {
        foreach (string id in _sessions.Keys) Clear(id);
    }

    public void Reset(Session session)
    {
        if (!GoDuration.TryParse(session.Ttl.Length == 0 ? "0" : session.Ttl, out long ttlNs, out _) || ttlNs <= 0) return;
        SessionTimer timer = _sessions.GetOrAdd(session.Id, static (id, owner) => new SessionTimer(owner, id), this);
        timers.Schedule(timer, GoDuration.ToTimeSpan(ttlNs) * TtlMultiplier);
    }

    public void Clear(string sessionId)
    {
        if (_sessions.TryRemove(sessionId, out SessionTimer? timer)) timers.Cancel(timer);
    }

    private async Task ExpireAsync(SessionTimer timer)
    {
        if (!_sessions.TryGetValue(timer.SessionId, out SessionTimer? current) || !ReferenceEquals(current, timer)) return;
        Session? session = store.Current.Session(timer.SessionId, null).Value;
        if (session is null)
        {
            // Destroyed by other means, a failed check for example.
            Clear(timer.SessionId);
            return;
        }

        var destroy = new SessionRequest { Op = SessionRequest.Destroy, Session = new Session { Id = session.Id } };
        ProposalResult result = await commands.ProposeAsync(destroy);
        if (result.Error is null)
        {
            ServerLog.SessionExpired(logger, session.Id);
            Clear(timer.SessionId);
            return;
        }

        ServerLog.SessionDestroyFailed(logger, session.Id, result.Error);
        if (++timer.FailedAttempts < MaxAttempts) timers.Schedule(timer, FirstPause * Math.Pow(2, timer.FailedAttempts - 1));
        else Clear(timer.SessionId);
    }

    private sealed class SessionTimer(SessionTimers owner, string sessionId) : TimerEntry
    {
        public string SessionId { get; } = sessionId;

        public int FailedAttempts { get; set; }

        protected override void OnTimer() =>
            ThreadPool.UnsafeQueueUserWorkItem(static timer => _ = timer.RunAsync(), this, preferLocal: false);

        private async Task RunAsync() => await owner.ExpireAsync(this);
    }
}
