using DealerFlow.Cli;
using DealerFlow.Cli.Synth;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public sealed class QuotedChainTests
{
    [Fact]
    public void A_real_chain_gives_strikes_expiries_and_open_interest()
    {
        OptionChain quoted = CboeQuotedataCsv.Read(Repository.RealData("cboe_csv/spx_20240107_1052ET.csv"));
        SynthOptions options = OptionsOf(quoted);
        SyntheticChain chain = QuotedChain.Build(quoted, options);
        InstrumentDefinition[] definitions = chain.Definitions();
        Tick[] ticks = SyntheticDay.Read(new SyntheticMarket(options, chain));
        var open = ticks.Where(tick => tick.Kind == TickKind.OpenInterest).ToDictionary(tick => tick.InstrumentId, tick => tick.Quantity);

        ChainContract[] live = [.. quoted.Contracts.Where(contract => contract.SettlementNanos > options.StartNanos)];
        Assert.InRange(live.Length, 10_000, quoted.Contracts.Count - 1);
        Assert.Equal(live.Length, definitions.Length - 1);
        var listed = definitions.Skip(1).ToDictionary(
            definition => (definition.Root.ToString(), definition.ExpiryDate, definition.StrikeMills, definition.Kind), definition => definition);
        foreach (ChainContract contract in live)
        {
            int date = (contract.Expiry.Year * 10_000) + (contract.Expiry.Month * 100) + contract.Expiry.Day;
            InstrumentDefinition definition = listed[(contract.Root, date, contract.StrikeMills, (InstrumentKind)contract.Right)];
            Assert.Equal(contract.SettlementNanos, definition.SettlementNanos);
            Assert.Equal(contract.OpenInterest, open[definition.InstrumentId]);
        }
    }

    [Fact]
    public void A_chain_of_a_weekend_starts_in_the_next_session_with_its_own_spot()
    {
        OptionChain quoted = CboeQuotedataCsv.Read(Repository.RealData("cboe_csv/spx_20240107_1052ET.csv"));

        Assert.Equal((new DateOnly(2024, 1, 8), new TimeOnly(10, 0)), QuotedChain.SessionOf(quoted));
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.Success, CommandLine.Run(["synth", "--minutes", "0.002", "--from-chain", quoted.Source, "--out", folder.File("tape")]));
        using TapeReader tape = TapeReader.Open(folder.File("tape"));
        Assert.Equal("4697.2402", tape.Metadata["spot"]);
        Assert.Equal("2024-01-08", tape.Metadata["date"]);
        Assert.Equal("spx_20240107_1052ET.csv", tape.Metadata["chain"]);
    }

    [Fact]
    public void A_chain_of_a_session_starts_where_it_was_taken_and_opens_at_its_own_prices()
    {
        // Part of a chain, quoted at 13:40 on the date in its header.
        OptionChain quoted = CboeQuotedataCsv.Read(Repository.RealData("cboe_csv/spx_20230609_1340ET_edited-date.csv"));
        SynthOptions options = OptionsOf(quoted);
        Assert.Equal(quoted.AsOfNanos, options.StartNanos);
        SyntheticChain chain = QuotedChain.Build(quoted, options);
        InstrumentDefinition[] definitions = chain.Definitions();
        var opening = SyntheticDay.Read(new SyntheticMarket(options, chain))
            .Where(tick => tick.Kind == TickKind.Quote && tick.EventTimeNanos == options.StartNanos)
            .ToDictionary(tick => (definitions[tick.InstrumentId].Root.ToString(), definitions[tick.InstrumentId].SettlementNanos,
                definitions[tick.InstrumentId].StrikeMills, definitions[tick.InstrumentId].Kind));

        int near = 0, close = 0;
        foreach (ChainContract contract in quoted.Contracts)
        {
            if (contract.SettlementNanos <= options.StartNanos || contract.Bid < 0.5 || Math.Abs(contract.Strike / options.Spot - 1) > 0.1) continue;
            Tick quote = opening[(contract.Root, contract.SettlementNanos, contract.StrikeMills, (InstrumentKind)contract.Right)];
            double middle = (contract.Bid + contract.Ask) / 2, synthetic = (quote.Bid + quote.Ask) / 200.0;
            near++;
            if (Math.Abs(synthetic - middle) <= 0.15 + (0.02 * middle) + (contract.Ask - contract.Bid)) close++;
        }
        Assert.True(near > 2_000, $"{near} quotes near the money");
        Assert.True(close >= 0.97 * near, $"{close} of {near} near their real prices");
    }

    [Fact]
    public void The_share_of_todays_contracts_and_of_price_changes_holds_on_a_real_chain()
    {
        OptionChain quoted = CboeQuotedataCsv.Read(Repository.RealData("cboe_csv/spx_20240107_1052ET.csv"));
        SynthOptions options = OptionsOf(quoted) with { Minutes = 0.05 };
        SyntheticChain chain = QuotedChain.Build(quoted, options);
        var mix = new MarketMix(chain.Definitions(), options.StartNanos);
        mix.Observe(SyntheticDay.Read(new SyntheticMarket(options, chain)));

        Assert.InRange(mix.ZeroDteShare, 0.40, 0.60);
        Assert.InRange(mix.BestChangeShare, 0.20, 0.24);
    }

    [Fact]
    public void The_grid_of_a_penny_class_is_a_penny()
    {
        Assert.Equal(QuoteGrid.Spx, QuoteGrid.Of(CboeQuotedataCsv.Read(Repository.RealData("cboe_csv/spx_20240107_1052ET.csv"))));
        Assert.Equal(new QuoteGrid(1, 1), QuoteGrid.Of(CboeQuotedataCsv.Read(Repository.RealData("cboe_csv/qqq_20230612_1635ET.csv"))));
    }

    private static SynthOptions OptionsOf(OptionChain quoted)
    {
        (DateOnly date, TimeOnly start) = QuotedChain.SessionOf(quoted)!.Value;
        return new SynthOptions { Seed = 1, Minutes = 0.002, Date = date, Start = start, Spot = quoted.Spot!.Value };
    }
}
