using Consul.Fast.Perf.Load;

if (!LoadOptions.TryParse(args, out LoadOptions options, out string error))
{
    await Console.Error.WriteLineAsync($"{error}\n{LoadOptions.Usage}");
    return 1;
}

LoadReport report = options.IsRpc ? await RpcRun.ExecuteAsync(options) : await LoadRun.ExecuteAsync(options);
await Console.Out.WriteLineAsync(report.Describe());
return report.Failures == 0 ? 0 : 1;
