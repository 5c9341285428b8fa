using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace DealerFlow.Benchmarks;

/// <summary>
/// Every benchmark in five processes, with smallest, median and largest over all of them: where the stack happens to lie decides how
/// dear a spilled vector is, so one process proves nothing. Compiled in full at once: a process on a busy machine may else be measured
/// before its kernels reach the last tier.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SeveralProcessesAttribute : Attribute, IConfigSource
{
    public IConfig Config { get; } = ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithRuntime(CoreRuntime.Core10_0)
            .WithLaunchCount(5)
            .WithWarmupCount(2)
            .WithIterationCount(6)
            .WithIterationTime(TimeInterval.FromMilliseconds(200))
            .WithEnvironmentVariable("DOTNET_TieredCompilation", "0"))
        .AddColumn(StatisticColumn.Min, StatisticColumn.Median, StatisticColumn.Max)
        .HideColumns("Error", "StdDev", "RatioSD", "Job", "LaunchCount", "WarmupCount", "IterationCount", "IterationTime", "EnvironmentVariables", "Runtime");
}
