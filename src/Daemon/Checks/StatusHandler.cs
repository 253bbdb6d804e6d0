using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>
/// Publishes a result only after enough consecutive ones of its kind. Passing and warning are one kind. Both counts
/// start at their thresholds, so the very first result is published. Not thread safe: one run at a time uses it.
/// </summary>
internal sealed class StatusHandler(ICheckNotifier notifier, ILogger logger, CheckDefinition check)
{
    private int _successes = check.SuccessBeforePassing;
    private int _failures = check.FailuresBeforeCritical;

    public void Update(string status, string output)
    {
        if (status is CheckStatus.Passing or CheckStatus.Warning)
        {
            _successes = Math.Min(_successes, int.MaxValue - 1) + 1;
            _failures = 0;
            if (_successes < check.SuccessBeforePassing)
            {
                logger.CheckBelowSuccessThreshold(check.Id, status, _successes, check.SuccessBeforePassing);
                return;
            }

            logger.CheckStatusUpdated(check.Id, status);
        }
        else
        {
            _failures = Math.Min(_failures, int.MaxValue - 1) + 1;
            _successes = 0;
            if (_failures < check.FailuresBeforeCritical)
            {
                logger.CheckBelowFailureThreshold(check.Id, status, _failures, check.FailuresBeforeCritical);
                return;
            }

            logger.CheckIsCritical(check.Id);
        }

        notifier.UpdateCheck(check.Id, status, output);
    }
}
