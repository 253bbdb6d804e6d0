using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli.Kv;

/// <summary>Data given as a literal, as <c>@file</c>, or as <c>-</c> for standard input.</summary>
internal static class KvData
{
    /// <summary>The bytes meant by <paramref name="argument"/>, or the text of the fault.</summary>
    public static async Task<(byte[] Data, string? Error)> ReadAsync(string argument, CommandContext context)
    {
        if (argument.StartsWith('@')) return await ReadFileAsync(argument[1..]);
        if (argument != "-") return (System.Text.Encoding.UTF8.GetBytes(argument), null);
        using var input = new MemoryStream();
        await context.In.CopyToAsync(input, context.Cancellation);
        return (input.ToArray(), null);
    }

    private static async Task<(byte[] Data, string? Error)> ReadFileAsync(string path)
    {
        try
        {
            return (await File.ReadAllBytesAsync(path), null);
        }
        catch (Exception fault) when (GoErrors.IsFileFault(fault) || fault is ArgumentException)
        {
            return ([], "Failed to read file: " + GoErrors.File("open", path, fault));
        }
    }
}
