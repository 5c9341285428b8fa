using DealerFlow.Cli.Synth;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public sealed class MarketChainsTests
{
    private static readonly SynthOptions Options = new() { Seed = 5, Minutes = 0.01, Rate = 400_000, Contracts = 60_000 };
    private static readonly SyntheticChain[] Chains = MarketChains.Build(Options);

    [Fact]
    public void A_market_has_the_contracts_that_were_asked_for_under_ids_that_follow_each_other()
    {
        InstrumentDefinition[] definitions = [.. Chains.SelectMany(chain => chain.Definitions())];
        Assert.Equal(Options.Contracts, Chains.Sum(chain => chain.Contracts.Length));
        for (int id = 0; id < definitions.Length; id++) Assert.Equal((uint)id, definitions[id].InstrumentId);
        Assert.Equal(Chains.Length, definitions.Count(definition => definition.Kind == InstrumentKind.Underlying));
        Assert.Equal(Chains.Length, Chains.Select(chain => chain.Underlying).Distinct().Count());
        foreach (SyntheticChain chain in Chains)
        {
            Assert.True(chain.Contracts.Length >= 100, chain.Underlying);
            Assert.All(chain.Contracts, contract => Assert.True(contract.StrikeMills > 0));
            Assert.Equal(chain.Contracts.Length, chain.Contracts.Select(contract => (contract.Expiry, contract.StrikeMills, contract.Right)).Distinct().Count());
        }
    }

    [Fact]
    public void Messages_come_in_order_of_every_underlying_and_as_many_change_a_best_price_as_real_ones()
    {
        var market = new SyntheticMarket(Options, Chains);
        Tick[] ticks = SyntheticDay.Read(market);
        for (int i = 1; i < ticks.Length; i++) Assert.True(ticks[i].EventTimeNanos >= ticks[i - 1].EventTimeNanos);
        InstrumentDefinition[] definitions = [.. Chains.SelectMany(chain => chain.Definitions())];
        var mix = new MarketMix(definitions, Options.StartNanos);
        mix.Observe(ticks);
        Assert.InRange(mix.BestChangeShare, 0.19, 0.25);
        Assert.InRange(mix.MessagesPerSecond, 320_000, 480_000);
        Assert.Equal(Options.Contracts, mix.OpeningQuotes);
        int[] messages = new int[definitions.Length];
        foreach (Tick tick in ticks)
            if (tick.EventTimeNanos > Options.StartNanos) messages[definitions[tick.InstrumentId].UnderlyingId]++;
        Assert.All(Chains, chain => Assert.True(messages[chain.UnderlyingId] > 0, chain.Underlying));
        Assert.True(messages[0] > ticks.Length / 10);
    }
}
