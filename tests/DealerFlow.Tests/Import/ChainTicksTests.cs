using System.Globalization;
using System.Runtime.InteropServices;
using CsCheck;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;
using static DealerFlow.Tests.QuotedataFixture;

namespace DealerFlow.Tests;

public class ChainTicksTests
{
    private const long AsOf = 1_704_642_720_000_000_000;   // 2024-01-07T15:52Z

    private static OptionChain Read(params string[] rows) => CboeQuotedataCsv.Read(new StringReader(With(rows)), "chain.csv");

    [Fact]
    public void A_chain_becomes_definitions_then_spot_then_open_interest_then_best_quotes()
    {
        ChainTickSet set = ChainTicks.Build(Read(Row4700, Row4800), AsOf, 4697.2402);

        Assert.Equal([0u, 1u, 2u, 3u, 4u], set.Definitions.Select(definition => definition.InstrumentId));
        InstrumentDefinition underlying = set.Definitions[0];
        Assert.Equal((InstrumentKind.Underlying, "SPX"), (underlying.Kind, underlying.Root.ToString()));
        Assert.Equal(((byte)4, 0L), (underlying.PriceDecimals, underlying.SettlementNanos));
        InstrumentDefinition put = set.Definitions[2];
        Assert.Equal((InstrumentKind.Put, "SPXW", 4_700_000L, 20240119), (put.Kind, put.Root.ToString(), put.StrikeMills, put.ExpiryDate));
        Assert.Equal((SettlementKind.PM, ExerciseKind.European), (put.Settlement, put.Exercise));
        Assert.Equal((InstrumentFlags.None, 100u), (put.Flags, put.Multiplier));
        Assert.Equal("2024-01-19T21:00:00.000000000Z", UnixNanos.ToIso(put.SettlementNanos));
        Assert.Equal(SettlementKind.AM, set.Definitions[3].Settlement);

        Tick[] expected =
        [
            Tick.Spot(AsOf, 0, 46_972_402),
            Tick.OpenInterest(AsOf, 1, 1500),
            Tick.OpenInterest(AsOf, 2, 2500),
            Tick.OpenInterest(AsOf, 3, 42),
            Tick.OpenInterest(AsOf, 4, 7),
            Tick.Quote(AsOf, 1, 4980, 5030, 0, 0, 0, TickFlags.NationalBest),
            Tick.Quote(AsOf, 2, 4790, 4840, 0, 0, 0, TickFlags.NationalBest),
            Tick.Quote(AsOf, 3, 1000, 1040, 0, 0, 0, TickFlags.NationalBest),
            Tick.Quote(AsOf, 4, 10750, 10960, 0, 0, 0, TickFlags.NationalBest),
        ];
        Assert.Equal(MemoryMarshal.AsBytes(expected.AsSpan()).ToArray(), MemoryMarshal.AsBytes(set.Ticks.AsSpan()).ToArray());
        Assert.Equal((2, 4), (set.PriceDecimals, set.SpotDecimals));
        Assert.Empty(set.Issues);
    }

    [Fact]
    public void Without_a_spot_there_is_no_spot_tick()
    {
        ChainTickSet set = ChainTicks.Build(Read(Row4700), AsOf, spot: null);
        Assert.Equal([TickKind.OpenInterest, TickKind.OpenInterest, TickKind.Quote, TickKind.Quote], set.Ticks.Select(tick => tick.Kind));
        Assert.Equal(3, set.Definitions.Length);
    }

    [Theory]
    [InlineData("49.8", 2)]
    [InlineData("49.805", 3)]
    [InlineData("49.8051", 4)]
    public void Decimals_are_as_few_as_hold_every_price_exactly(string bid, int decimals)
    {
        ChainTickSet set = ChainTicks.Build(Read(Row4700.Replace("49.8,", bid + ","), Row4800), AsOf, null);
        Assert.Equal(decimals, set.PriceDecimals);
        Assert.All(set.Definitions[1..], definition => Assert.Equal(decimals, definition.PriceDecimals));
        Tick quote = set.Ticks.Single(tick => tick.Kind == TickKind.Quote && tick.InstrumentId == 1);
        Assert.Equal(double.Parse(bid), quote.Bid / Math.Pow(10, decimals));
        Assert.Empty(set.Issues);
    }

    [Theory]
    [InlineData("49.80515")]          // five decimals
    [InlineData("3000000000")]        // beyond 32 bits in any scale
    [InlineData("45.369998931884766")]
    public void A_price_that_no_scale_holds_is_no_quote_and_is_said(string bid)
    {
        ChainTickSet set = ChainTicks.Build(Read(Row4700.Replace("49.8,", bid + ","), Row4800), AsOf, null);
        Tick quote = set.Ticks.Single(tick => tick.Kind == TickKind.Quote && tick.InstrumentId == 1);
        Assert.Equal((0, 0), (quote.Bid, quote.Ask));
        ChainIssue issue = Assert.Single(set.Issues);
        Assert.Equal(FirstRow, issue.Line);
        Assert.Contains("SPXW240119C04700000", issue.Reason);
        Assert.Equal(2, set.PriceDecimals);
    }

    [Fact]
    public void Every_price_of_four_decimals_comes_back_as_the_double_that_its_text_is() =>
        Gen.Select(Gen.Int[0, 99_999_999], Gen.Int[0, 99_999_999]).Sample((bid, ask) =>
        {
            string bidText = (bid / 10_000m).ToString(CultureInfo.InvariantCulture);
            string askText = (ask / 10_000m).ToString(CultureInfo.InvariantCulture);
            ChainTickSet set = ChainTicks.Build(Read(Row4700.Replace("49.8,50.3,", $"{bidText},{askText},")), AsOf, null);
            Tick quote = set.Ticks.Single(tick => tick.Kind == TickKind.Quote && tick.InstrumentId == 1);
            double scale = Math.Pow(10, set.PriceDecimals);
            return quote.Bid / scale == double.Parse(bidText) && quote.Ask / scale == double.Parse(askText) && set.Issues.Count == 0;
        });

    [Theory]
    [InlineData(5975.3799, 4, 59_753_799)]
    [InlineData(0.0001, 4, 1)]
    [InlineData(214_748.3647, 4, 2_147_483_647)]
    [InlineData(628_500.0, 3, 628_500_000)]        // a share that trades above half a million
    [InlineData(2_000_000_000.0, 0, 2_000_000_000)]
    public void A_spot_has_four_decimals_where_they_fit(double spot, int decimals, int price)
    {
        ChainTickSet set = ChainTicks.Build(Read(Row4700), AsOf, spot);
        Assert.Equal((decimals, (byte)decimals), (set.SpotDecimals, set.Definitions[0].PriceDecimals));
        Assert.Equal((TickKind.Spot, price), (set.Ticks[0].Kind, set.Ticks[0].Price));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(0.00001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(3e9)]
    public void A_spot_that_is_no_price_is_an_error(double spot) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ChainTicks.Build(Read(Row4700), AsOf, spot));

    [Fact]
    public void A_calendar_with_overrides_gives_the_settlement_instants()
    {
        var calendar = new SessionCalendar(CalendarOverrides.Parse("2024-01-19 open 09:45 SPX\n2024-01-19 close 13:00", "overrides.txt"));
        ChainTickSet set = ChainTicks.Build(Read(Row4700, Row4800), AsOf, null, calendar);
        Assert.Equal("2024-01-19T18:00:00.000000000Z", UnixNanos.ToIso(set.Definitions[1].SettlementNanos));   // SPXW
        Assert.Equal("2024-01-19T14:45:00.000000000Z", UnixNanos.ToIso(set.Definitions[3].SettlementNanos));   // SPX

        OptionChain chain = CboeQuotedataCsv.Read(new StringReader(With(Row4700, Row4800)), "chain.csv", calendar);
        Assert.Equal(
            set.Definitions[1..].Select(definition => definition.SettlementNanos), chain.Contracts.Select(contract => contract.SettlementNanos));
        Assert.Equal(set.Definitions, ChainTicks.Build(chain, AsOf, null).Definitions);
    }

    [Fact]
    public void A_calendar_that_does_not_know_a_settlement_is_an_error()
    {
        var calendar = new SessionCalendar(CalendarOverrides.Parse("2030-12-31 closed", "overrides.txt"));
        OptionChain chain = Read(Row4800.Replace("240119", "301231").Replace("Jan 19 2024", "Dec 31 2030"));
        Assert.Contains("SPX301231C04800000", Assert.Throws<ArgumentException>(() => ChainTicks.Build(chain, AsOf, null, calendar)).Message);
    }

    [Fact]
    public void Adjusted_contracts_carry_their_mark()
    {
        string row = Row4700.Replace("SPXW240119C0470", "AMD240119C0470").Replace("SPXW240119P0470", "AMD1240119P0470");
        ChainTickSet set = ChainTicks.Build(Read(row), AsOf, null);
        Assert.Equal((InstrumentFlags.None, InstrumentFlags.Adjusted), (set.Definitions[1].Flags, set.Definitions[2].Flags));
        Assert.Equal("AMD1", set.Definitions[2].Root.ToString());
    }
}
