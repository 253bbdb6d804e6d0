using BenchmarkDotNet.Running;
using Consul.Fast.Perf.Micro;

BenchmarkSwitcher.FromAssembly(typeof(MsgPackBenchmarks).Assembly).Run(args);
