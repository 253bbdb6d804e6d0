using BenchmarkDotNet.Running;
using Consul.Fast.Perf.Micro;

if (args is ["datagrams", .. string[] rest]) await DatagramCost.RunAsync(rest);
else BenchmarkSwitcher.FromAssembly(typeof(MsgPackBenchmarks).Assembly).Run(args);
