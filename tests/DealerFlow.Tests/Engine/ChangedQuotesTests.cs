using DealerFlow.Cli.Synth;
using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>The list that lies between quotes and underlyings in a large market changes no result.</summary>
public class ChangedQuotesTests
{
    [Theory]
    [InlineData(71, 0)]
    [InlineData(72, 100_000)]
    [InlineData(73, 1_000_000)]
    public void Quotes_through_the_list_give_the_bytes_of_quotes_that_go_straight(int seed, long headlineNanos)
    {
        var market = new RandomMarket(seed);
        List<Tick> ticks = market.Opening();
        for (int i = 0; i < 20; i++)
        {
            ticks.AddRange(market.Next(1_000, 200_000));
            // New strikes shift the nodes above them while quotes of those are in the list.
            ticks.AddRange(DefinitionOf(market, i));
        }
        var options = new EngineOptions { HeadlineIntervalNanos = headlineNanos, PublishIntervalNanos = 20 * UnixNanos.PerMillisecond };
        Recording straight = Run(market.Definitions, [0], ticks, options), listed = Run(market.Definitions, [0], ticks, options with { NearInstruments = 0 });
        Assert.True(straight.SameBytesAs(listed));
        Assert.Equal(straight.Headlines.Count, listed.Headlines.Count);
        Assert.Equal(straight.Ledgers[^1].Applied, listed.Ledgers[^1].Applied);
        Assert.True(straight.Sections.Count > 10);
    }

    [Fact]
    public void So_do_those_of_many_underlyings_with_all_their_trades()
    {
        var synth = new SynthOptions { Seed = 9, Minutes = 0.05, Rate = 100_000, Contracts = 60_000 };
        SyntheticChain[] chains = MarketChains.Build(synth);
        Assert.True(chains.Length > 5);
        var market = new SyntheticMarket(synth, chains);
        var ticks = new List<Tick>();
        var batch = new Tick[4_096];
        for (int read = market.Read(batch); read > 0; read = market.Read(batch)) ticks.AddRange(batch[..read]);
        InstrumentDefinition[] definitions = [.. chains.SelectMany(chain => chain.Definitions())];
        uint[] underlyings = [.. definitions.Where(definition => definition.Kind == InstrumentKind.Underlying).Select(definition => definition.InstrumentId)];
        var options = new EngineOptions { MarkIntervalNanos = 50 * UnixNanos.PerMillisecond, PublishIntervalNanos = UnixNanos.PerSecond };
        Recording straight = Run(definitions, underlyings, ticks, options with { NearInstruments = int.MaxValue });
        Recording listed = Run(definitions, underlyings, ticks, options with { NearInstruments = 0 });
        Assert.True(straight.SameBytesAs(listed));
        Assert.True(straight.Sections.Count >= 3 * underlyings.Length);
    }

    private static Recording Run(InstrumentDefinition[] definitions, uint[] underlyings, List<Tick> ticks, EngineOptions options)
    {
        var recording = new Recording();
        var sink = new RecordingSink(recording);
        var calculation = new Calculation(definitions, underlyings, options);
        foreach (Tick[] some in ticks.Chunk(777)) calculation.Apply(some, ref sink);
        calculation.Finish(ref sink);
        return recording;
    }

    private static Tick[] DefinitionOf(RandomMarket market, int number)
    {
        InstrumentDefinition like = market.Definitions[^1];
        var quarters = new Tick[DefinitionTicks.Count];
        DefinitionTicks.Write(
            like with { InstrumentId = (uint)(1_000 + number), StrikeMills = like.StrikeMills - 500_000 - (number * 1_000) }, market.Now, quarters);
        return quarters;
    }
}
