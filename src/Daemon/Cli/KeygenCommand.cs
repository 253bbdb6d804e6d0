using System.Security.Cryptography;

namespace Consul.Fast.Daemon.Cli;

/// <summary><c>consul keygen</c>: a fresh key for gossip encryption.</summary>
internal sealed class KeygenCommand : FlagCommand
{
    private const int KeyBytes = 32;

    public override string Name => "keygen";

    public override string Synopsis => "Generates a new encryption key";

    protected override string Usage => """
        Usage: consul keygen

          Generates a new 32-byte encryption key that can be used to configure the
          agent to encrypt traffic. The output is in the form that the agent expects.
        """;

    protected override Task<int> ExecuteAsync(string[] arguments, CommandContext context)
    {
        context.Out.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        return Task.FromResult(ExitCode.Success);
    }
}
