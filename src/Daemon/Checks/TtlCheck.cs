using System.Text;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>A check whose results come from outside through the API and that turns critical when they stop coming.</summary>
internal sealed class TtlCheck : TimerEntry, IRunningCheck, IThreadPoolWorkItem
{
    private readonly CheckEnvironment _environment;
    private readonly Lock _gate = new();
    private readonly int _outputMaxSize;
    private string _lastOutput;
    private long _deadline;
    private bool _stopped;

    public TtlCheck(CheckEnvironment environment, CheckDefinition type, string lastOutput)
    {
        _environment = environment;
        _lastOutput = lastOutput;
        _outputMaxSize = type.OutputMaxSize > 0 ? Math.Min(type.OutputMaxSize, environment.OutputMaxSize) : environment.OutputMaxSize;
        CheckId = type.Id;
        Ttl = GoDuration.ToTimeSpan(type.TtlNs);
    }

    public string CheckId { get; }

    public TimeSpan Ttl { get; }

    public void Start()
    {
        lock (_gate) Arm();
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _environment.Wheel.Cancel(this);
        }
    }

    /// <summary>Takes a result and starts the time anew; answers the output as it is kept.</summary>
    public string SetStatus(string status, string output)
    {
        output = Limit(output);
        lock (_gate)
        {
            if (_stopped) return output;
            _lastOutput = output;
            Arm();
        }

        _environment.Logger.CheckStatusUpdated(CheckId, status);
        _environment.Notifier.UpdateCheck(CheckId, status, output);
        return output;
    }

    protected override void OnTimer() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        string output;
        lock (_gate)
        {
            // An update may have come between the timer and this turn.
            if (_stopped || _environment.Wheel.Time.GetTimestamp() < _deadline) return;
            output = _lastOutput.Length == 0 ? "TTL expired" : $"TTL expired (last output before timeout follows): {_lastOutput}";
        }

        _environment.Logger.CheckMissedTtl(CheckId);
        _environment.Notifier.UpdateCheck(CheckId, CheckStatus.Critical, output);
    }

    private void Arm()
    {
        if (_stopped) return;
        _deadline = _environment.Wheel.Time.GetTimestamp() + (long)(Ttl.TotalSeconds * _environment.Wheel.Time.TimestampFrequency);
        _environment.Wheel.Schedule(this, Ttl);
    }

    private string Limit(string output)
    {
        int total = Encoding.UTF8.GetByteCount(output);
        if (total <= _outputMaxSize) return output;
        string head = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(output).AsSpan(0, _outputMaxSize));
        return $"{head} ... (captured {_outputMaxSize} of {total} bytes)";
    }
}
