using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>Runs a command: exit code 0 is passing, 1 warning, anything else critical.</summary>
internal sealed class ScriptCheck(CheckEnvironment environment, CheckDefinition type)
    : PeriodicCheck(environment, type, TimeSpan.FromSeconds(30))
{
    protected override async Task ProbeAsync(CancellationToken deadline)
    {
        using ChildProcess? child = ChildProcess.Start(Type.ScriptArgs!, out string error);
        if (child is null)
        {
            Environment.Logger.CheckFailedToStart(Type.Id, error);
            Publish(CheckStatus.Critical, error);
            return;
        }

        var output = new TailBuffer(OutputMaxSize);
        Task<int> exit = child.RunToEndAsync(output);
        if (await EndsBeforeAsync(exit, deadline).ConfigureAwait(false))
        {
            string status = await exit.ConfigureAwait(false) switch
            {
                0 => CheckStatus.Passing,
                1 => CheckStatus.Warning,
                _ => CheckStatus.Critical,
            };
            Publish(status, output.ToCapturedText());
            return;
        }

        if (!child.KillGroup(out error)) Environment.Logger.CheckNotKilled(Type.Id, error);
        string timeout = GoDuration.Format(Timeout);
        Environment.Logger.CheckTimedOut(Type.Id, timeout);
        string captured = output.ToCapturedText();
        Publish(CheckStatus.Critical, $"Timed out ({timeout}) running check{(captured.Length > 0 ? "\n\n" : "")}{captured}");
        // Never two instances at once.
        await exit.ConfigureAwait(false);
    }

    private async Task<bool> EndsBeforeAsync(Task<int> exit, CancellationToken deadline)
    {
        try
        {
            await exit.WaitAsync(deadline).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!Stopped)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            // A stopped check lets its script finish, within the script's usual time.
        }

        try
        {
            await exit.WaitAsync(Timeout, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
