using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Consul.Fast.Perf.Micro;

namespace Consul.Fast.Perf.Tests;

/// <summary>
/// Every benchmark runs, so that none can rot, and allocates no more than <c>perf/baselines</c> says. Bytes are the same on
/// every machine, so they are a gate; times are not.
/// </summary>
public sealed class BenchmarkTests
{
    private const int Warmup = 200;
    private const int Runs = 1_000;
    private const double Tolerance = 1.1;

    /// <summary>A garbage collection of a table's cache, or a buffer that grows, may fall into the measurement.</summary>
    private const int Slack = 2;

    public static TheoryData<string, string> Benchmarks()
    {
        var all = new TheoryData<string, string>();
        foreach (MethodInfo method in typeof(MsgPackBenchmarks).Assembly.GetTypes().SelectMany(type => type.GetMethods()))
        {
            if (method.GetCustomAttribute<BenchmarkAttribute>() is not null) all.Add(method.DeclaringType!.Name, method.Name);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void Benchmark_runs_within_its_allocation(string type, string name)
    {
        Type benchmarks = typeof(MsgPackBenchmarks).Assembly.GetTypes().Single(candidate => candidate.Name == type);
        object instance = Activator.CreateInstance(benchmarks)!;
        SetSmallest(instance);
        Call<GlobalSetupAttribute>(instance);
        long bytes = Measure(instance, benchmarks.GetMethod(name)!);
        Call<GlobalCleanupAttribute>(instance);
        Dictionary<string, long> baseline = Baseline();
        Assert.True(baseline.TryGetValue($"{type}.{name}", out long allowed), $"perf/baselines has no entry {type}.{name}; it measures {bytes}");
        Assert.True(bytes <= (allowed * Tolerance) + Slack, $"{type}.{name} allocates {bytes} bytes, allowed are {allowed}");
    }

    [Fact]
    public void Baselines_name_only_benchmarks_that_exist() =>
        Assert.Empty(Baseline().Keys.Except(Benchmarks().Select(entry => $"{entry[0]}.{entry[1]}")));

    private static long Measure(object instance, MethodInfo method)
    {
        int operations = method.GetCustomAttribute<BenchmarkAttribute>()!.OperationsPerInvoke;
        Action run = method.ReturnType == typeof(int)
            ? Ignore(method.CreateDelegate<Func<int>>(instance))
            : Ignore(method.CreateDelegate<Func<ulong>>(instance));
        for (int i = 0; i < Warmup; i++) run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Runs; i++) run();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Runs / operations;
    }

    private static Action Ignore<T>(Func<T> function) => () => function();

    private static void SetSmallest(object instance)
    {
        foreach (PropertyInfo property in instance.GetType().GetProperties())
        {
            if (property.GetCustomAttribute<ParamsAttribute>() is { } values) property.SetValue(instance, values.Values[0]);
        }
    }

    private static void Call<TAttribute>(object instance)
        where TAttribute : Attribute
    {
        foreach (MethodInfo method in instance.GetType().GetMethods())
        {
            if (method.GetCustomAttribute<TAttribute>() is not null) method.Invoke(instance, null);
        }
    }

    private static Dictionary<string, long> Baseline() => JsonSerializer.Deserialize<Dictionary<string, long>>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "baselines", "allocated-bytes.json")))!;
}
