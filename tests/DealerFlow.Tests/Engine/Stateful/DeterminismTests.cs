using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class DeterminismTests
{
    [Theory]
    [InlineData(501)]
    [InlineData(502)]
    [InlineData(503)]
    public void With_everything_on_the_same_ticks_give_the_same_bytes_in_any_spans_at_any_width_beside_or_not(int seed)
    {
        StatefulSetting setting = StatefulSetting.Of(seed, 12_000, 1) with { Underlyings = 2, HoursOnceIn = 4_000 };
        var market = new StatefulMarket(setting);
        StreamStep[] steps = [.. Enumerable.Range(0, setting.Events).Select(_ => market.Next())];
        Recording reference = Run(setting, market, steps, LaneWidth.One, steps.Length, beside: false);
        Assert.True(reference.Sections.Count > 10, $"{setting}: {reference.Sections.Count} sections");
        foreach ((LaneWidth width, int cut, bool beside) in new[]
        {
            (LaneWidth.One, 1, true), (LaneWidth.Two, 7, false), (LaneWidth.Four, 4096, true), (LaneWidth.Eight, 7, true), (LaneWidth.Eight, 4096, false),
        })
        {
            Recording other = Run(setting, market, steps, width, cut, beside);
            Assert.True(reference.SameBytesAs(other), $"{setting}: width {width}, spans of {cut}, searches beside {beside}");
            SameBits.Assert<Ledger>(reference.Ledgers.ToArray(), other.Ledgers.ToArray(), $"{setting}: ledgers");
        }
    }

    private static Recording Run(StatefulSetting setting, StatefulMarket market, StreamStep[] steps, LaneWidth width, int cut, bool beside)
    {
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(
            market.Definitions, market.Underlyings, setting.Options with { Lanes = width, SearchesBeside = beside });
        var span = new List<Tick>(cut);
        foreach (StreamStep step in steps)
        {
            if (step.Positions is not null || span.Count == cut)
            {
                calculation.Apply(span.ToArray(), ref sink);
                span.Clear();
            }
            if (step.Positions is not null) calculation.LoadPositions(step.Positions);
            span.Add(step.Tick);
        }
        calculation.Apply(span.ToArray(), ref sink);
        calculation.Finish(ref sink);
        return recording;
    }
}
