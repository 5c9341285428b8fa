using BenchmarkDotNet.Running;
using DealerFlow.Benchmarks;

if (args is ["sizes", .. string[] tapes]) TapeSizes.Run(tapes);
else BenchmarkSwitcher.FromAssembly(typeof(TapeSizes).Assembly).Run(args);
