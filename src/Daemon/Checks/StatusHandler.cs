using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Checks;

/// <summary>
/// Publishes a result only after enough consecutive ones of its kind. Passing and warning are one kind. Both counts
/// start at their thresholds, so the very first result is published. Not thread safe: one run at a time uses it.
/// </summary>
internal sealed class StatusHandler(
    ICheckNotifier notifier, ILogger logger, string checkId, int successBeforePassing, int failuresBeforeCritical)
{
    private int _successes = successBeforePassing;
    private int _failures = failuresBeforeCritical;

    public void Update(string status, string output)
    {
        if (status is CheckStatus.Passing or CheckStatus.Warning)
        {
            _successes = Math.Min(_successes, int.MaxValue - 1) + 1;
            _failures = 0;
            if (_successes < successBeforePassing)
            {
                logger.CheckBelowSuccessThreshold(checkId, status, _successes, successBeforePassing);
                return;
            }

            logger.CheckStatusUpdated(checkId, status);
        }
        else
        {
            _failures = Math.Min(_failures, int.MaxValue - 1) + 1;
            _successes = 0;
            if (_failures < failuresBeforeCritical)
            {
                logger.CheckBelowFailureThreshold(checkId, status, _failures, failuresBeforeCritical);
                return;
            }

            logger.CheckIsCritical(checkId);
        }

        notifier.UpdateCheck(checkId, status, output);
    }
}
