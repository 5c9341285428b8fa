using DealerFlow.Engine;
using DealerFlow.Import;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>One chain through the engine, as the verb <c>levels</c> runs it.</summary>
internal static class ChainRun
{
    public static readonly EngineOptions Carry = new() { ForwardMode = ForwardMode.Carry, Rate = 0.05, Dividend = 0.015, OneShot = true };

    public static (Calculation Calculation, byte[] Section) Levels(OptionChain chain, long asOfNanos, double? spot, EngineOptions options)
    {
        ChainTickSet ticks = ChainTicks.Build(chain, asOfNanos, spot);
        var calculation = new Calculation(ticks.Definitions, 0, options with { OneShot = true });
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        calculation.Apply(ticks.Ticks, ref sink);
        calculation.Finish(ref sink);
        return (calculation, recording.Last);
    }
}
