using Consul.Fast.Net.Timers;

namespace Consul.Fast.Net.Yamux;

/// <summary>A session's entry on the wheel; the wheel's thread only hands over to the pool, since a deadline may write.</summary>
internal sealed class YamuxTimer(YamuxSession session) : TimerEntry, IThreadPoolWorkItem
{
    void IThreadPoolWorkItem.Execute() => session.OnDeadline();

    protected internal override void OnTimer() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
}
