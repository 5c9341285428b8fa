using System.Text;
using CsCheck;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;
using static DealerFlow.Tests.QuotedataFixture;

namespace DealerFlow.Tests;

public class CboeQuotedataCsvTests
{
    private static OptionChain Read(string text) => CboeQuotedataCsv.Read(new StringReader(text), "chain.csv");

    [Fact]
    public void A_chain_says_what_its_lines_say()
    {
        OptionChain chain = Read(Text);
        Assert.Equal("chain.csv", chain.Source);
        Assert.Equal("SPX", chain.Underlying);
        Assert.Equal("S&P 500 INDEX", chain.UnderlyingName);
        Assert.Equal(4697.2402, chain.Spot);
        Assert.Equal((4645.23, 4753.8999), (chain.UnderlyingBid, chain.UnderlyingAsk));
        Assert.Equal("January 7, 2024 at 10:52 AM EST", chain.DateText);
        Assert.Equal("2024-01-07T15:52:00.000000000Z", UnixNanos.ToIso(chain.AsOfNanos!.Value));
        Assert.Empty(chain.Issues);
        Assert.Equal((0, 0), (chain.IssueCount, chain.SkippedContracts));
        Assert.Equal((new DateOnly(2024, 1, 19), new DateOnly(2024, 1, 19)), (chain.FirstExpiry, chain.LastExpiry));

        Assert.Equal(4, chain.Contracts.Count);
        SettlementInstant.TryOf(new DateOnly(2024, 1, 19), SettlementStyle.PM, out long close);
        Assert.Equal(
            new ChainContract(
                "SPXW240119P04700000", "SPXW", new DateOnly(2024, 1, 19), SettlementStyle.PM, close, OptionRight.Put, 4_700_000, 100,
                ExerciseStyle.European, IsAdjusted: false, Bid: 47.9, Ask: 48.4, Last: 48.05, Volume: 80, OpenInterest: 2500,
                ExchangeIv: 0.1244, ExchangeDelta: -0.4988, ExchangeGamma: 0.0031, Line: 5),
            chain.Contracts[1]);
    }

    [Fact]
    public void Morning_and_afternoon_contracts_of_one_date_settle_apart()
    {
        OptionChain chain = Read(Text);
        Assert.Equal("2024-01-19T21:00:00.000000000Z", UnixNanos.ToIso(chain.Contracts[0].SettlementNanos));
        Assert.Equal("2024-01-19T14:30:00.000000000Z", UnixNanos.ToIso(chain.Contracts[2].SettlementNanos));
        Assert.Equal(2, chain.CountSettled(chain.Contracts[2].SettlementNanos));
        Assert.Equal(0, chain.CountSettled(chain.Contracts[2].SettlementNanos - 1));
    }

    [Fact]
    public void A_volatility_of_zero_is_none_and_a_gamma_of_zero_is_a_rounded_one()
    {
        OptionChain chain = Read(With(Row4800.Replace("0.0019,7", "0,7")));
        Assert.Null(chain.Contracts[1].ExchangeIv);
        Assert.Equal(0.0, chain.Contracts[1].ExchangeGamma);
        Assert.Equal(0.1134, chain.Contracts[0].ExchangeIv);
    }

    [Fact]
    public void The_form_without_greeks_has_sixteen_columns()
    {
        OptionChain chain = Read(Lines(NameLine, DateLine, ColumnsWithoutGreeks,
            "Fri Jan 19 2024,SPXW240119C04700000,50.25,-1.1,49.8,50.3,120,1500,4700.00,SPXW240119P04700000,48.05,0.025,47.9,48.4,80,2500"));
        Assert.Empty(chain.Issues);
        ChainContract put = chain.Contracts[1];
        Assert.Equal((OptionRight.Put, 47.9, 48.4, 80L, 2500u), (put.Right, put.Bid, put.Ask, put.Volume, put.OpenInterest));
        Assert.Equal((null, null, null), (put.ExchangeIv, put.ExchangeDelta, put.ExchangeGamma));
    }

    public static TheoryData<string, string> Spellings => new()
    {
        { "carriage returns", Text.Replace("\n", "\r\n") },
        { "a byte order mark", "\uFEFF" + Text },
        { "a byte order mark before the columns", "\uFEFF" + Lines(Columns, Row4700, Row4800) },
        { "no empty first line", Text.TrimStart('\n') },
        { "trailing commas", Lines(",,,,", NameLine + ",,,,", DateLine + ",,,,", Columns + ",,", Row4700 + ",,", Row4800) },
        { "an unbalanced quote in the header", Text.Replace("\"Volume: 1,234,567\"", "\"Volume: 1,234,567") },
        { "an unquoted volume", Text.Replace("\"Volume: 1,234,567\"", "Volume: 1,234,567") },
        { "an unquoted date", Text.Replace("\"Date: January 7, 2024 at 10:52 AM EST\"", "Date: January 7, 2024 at 10:52 AM EST") },
        { "all fields quoted", Lines(NameLine, DateLine, Quoted(Columns), Quoted(Row4700), Quoted(Row4800)) },
        { "blank lines between", With(Row4700, "", "  ", ",,,,", Row4800) },
        { "dates as day-month-year", Text.Replace("Fri Jan 19 2024", "19-01-24") },
        { "dates as year-month-day", Text.Replace("Fri Jan 19 2024", "2024-01-19") },
        { "strikes without decimals", Text.Replace("00.00,", "00,") },
        { "padded symbols", Text.Replace("SPXW240119", "SPXW  240119").Replace("SPX240119", "SPX   240119") },
        { "counts with a decimal point", Text.Replace(",1500,", ",1500.0,") },
        { "a volume in groups", Text.Replace(",1500,", ",\"1,500\",") },
    };

    [Theory, MemberData(nameof(Spellings))]
    public void A_chain_saved_in_another_way_reads_the_same(string what, string text)
    {
        OptionChain chain = Read(text);
        Assert.True(chain.IssueCount == 0, $"{what}: {string.Join("; ", chain.Issues)}");
        Assert.Equal(Read(Text).Contracts.Select(Unplaced), chain.Contracts.Select(Unplaced));
        if (!text.Contains("Last:", StringComparison.Ordinal)) return;
        Assert.Equal((4697.2402, 4645.23, 4753.8999), (chain.Spot, chain.UnderlyingBid, chain.UnderlyingAsk));
        Assert.Equal(Read(Text).AsOfNanos, chain.AsOfNanos);
    }

    [Fact]
    public void A_file_that_begins_at_the_columns_has_neither_date_nor_spot()
    {
        OptionChain chain = Read(Lines(Columns, Row4700));
        Assert.Equal((null, null, null, null), (chain.AsOfNanos, chain.DateText, chain.Spot, chain.UnderlyingName));
        Assert.Equal(2, chain.Contracts.Count);
    }

    [Theory]
    [InlineData("\"Advanced Micro Devices, Inc.\",Last: 105.6,Change:  1.01", "Advanced Micro Devices, Inc.", 105.6)]
    [InlineData("SP 500 INDEX,Last: 5975.3799,Change:  32.9099", "SP 500 INDEX", 5975.3799)]
    [InlineData("\"DOW JONES\",\"Last: 38,996.39\",\"Change:  -12.1\"", "DOW JONES", 38996.39)]
    [InlineData("DOW JONES,Last: 38,996.39,Change:  -12.1,,,,", "DOW JONES", 38996.39)]
    [InlineData("DOW JONES,Last: 0,Change: 0", "DOW JONES", null)]
    public void Name_and_last_price_stand_in_the_first_line(string line, string name, double? spot)
    {
        OptionChain chain = Read(Lines("", line, DateLine, Columns, Row4700));
        Assert.Equal((name, spot), (chain.UnderlyingName, chain.Spot));
        Assert.Empty(chain.Issues);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("-5")]
    [InlineData("4.697,24")]
    [InlineData("n/a")]
    public void A_last_price_that_is_none_is_left_out_and_said(string last)
    {
        OptionChain chain = Read(Lines($"S&P 500 INDEX,Last: {last},Change: 1", DateLine, Columns, Row4700));
        Assert.Null(chain.Spot);
        ChainIssue issue = Assert.Single(chain.Issues);
        Assert.Equal(1, issue.Line);
        Assert.Contains(last, issue.Reason);
    }

    [Fact]
    public void A_header_line_made_to_be_slow_is_read_in_one_pass()
    {
        string blanks = new(' ', 8_000);
        string commas = string.Concat(Enumerable.Repeat(", ", 4_000));
        string labels = string.Concat(Enumerable.Repeat("Last:", 1_600));
        OptionChain chain = Read(Lines("Last:" + blanks + "x", "Bid:" + commas + "x", labels, Columns, Row4700));
        Assert.Equal(2, chain.Contracts.Count);
        Assert.Equal((null, null), (chain.Spot, chain.UnderlyingBid));
    }

    [Fact]
    public void A_file_that_ends_within_a_line_is_used_and_it_is_said()
    {
        OptionChain chain = Read(Text.TrimEnd('\n'));
        Assert.Equal(Read(Text).Contracts, chain.Contracts);
        ChainIssue issue = Assert.Single(chain.Issues);
        Assert.Equal(FirstRow + 1, issue.Line);
        Assert.Contains("may be cut short", issue.Reason);
    }

    [Fact]
    public void A_date_that_lost_its_year_is_not_guessed()
    {
        const string DateWithoutYear = "Date: 4 June 4, 3:15 PM EDT,Bid: 427.96,Ask: 428.03,Size: 1*6,Volume: 91,391,793";
        OptionChain chain = Read(Lines(NameLine, DateWithoutYear, Columns, Row4700));
        Assert.Null(chain.AsOfNanos);
        Assert.Equal("4 June 4, 3:15 PM EDT", chain.DateText);
        Assert.Equal((427.96, 428.03), (chain.UnderlyingBid, chain.UnderlyingAsk));
        Assert.Contains("state the time", Assert.Single(chain.Issues).Reason);
    }

    // What is wrong with one half, and the words that must say so.
    public static TheoryData<string, string, string> BrokenHalves => new()
    {
        { ",49.8,50.3,", ",NaN,50.3,", "Bid is 'NaN'" },
        { ",49.8,50.3,", ",49.8,1e999,", "Ask is '1e999'" },
        { ",49.8,50.3,", ",-49.8,50.3,", "Bid is '-49.8'" },
        { ",49.8,50.3,", ",∞,50.3,", "Bid is '∞'" },
        { ",49.8,50.3,", ",,50.3,", "Bid is empty" },
        { ",49.8,50.3,", ",49.8,0x10,", "Ask is '0x10'" },
        { ",50.25,", ",-1,", "Last Sale is '-1'" },
        { ",120,", ",-3,", "Volume is '-3'" },
        { ",120,", ",1.5,", "Volume is '1.5'" },
        { ",1500,", ",4294967296,", "Open Interest is '4294967296'" },
        { ",1500,", ",many,", "Open Interest is 'many'" },
        { ",0.1234,", ",-0.1,", "IV is '-0.1'" },
        { ",0.5012,", ",Infinity,", "Delta is 'Infinity'" },
        { ",0.5012,0.0031,", ",0.5012,NaN,", "Gamma is 'NaN'" },
        { "SPXW240119C04700000", "SPXW240119X04700000", "no option symbol" },
        { "SPXW240119C04700000", "", "no option symbol" },
        { "SPXW240119C04700000", "<b>\u0007", "<b>?" },
        { "SPXW240119C04700000", "SPXW310117C04700000", "2015 to 2030" },
        { "SPXW240119C04700000", "NDXP240119C04700000", "but the chain began as one on SPX" },
    };

    [Theory, MemberData(nameof(BrokenHalves))]
    public void A_broken_half_is_left_out_and_said_and_the_other_half_is_used(string whole, string broken, string words)
    {
        int at = Row4700.IndexOf(whole, StringComparison.Ordinal);
        string row = Row4700[..at] + broken + Row4700[(at + whole.Length)..];
        OptionChain chain = Read(With(Row4800, row));
        string[] left = ["SPX240119C04800000", "SPX240119P04800000", "SPXW240119P04700000"];
        Assert.Equal(left, chain.Contracts.Select(contract => contract.Symbol));
        Assert.Equal(1, chain.SkippedContracts);
        ChainIssue issue = Assert.Single(chain.Issues);
        Assert.Equal(FirstRow + 1, issue.Line);
        Assert.Contains(words, issue.Reason);
    }

    // Rows of which nothing can be trusted.
    public static TheoryData<string> BrokenRows => new(
        "Fri Jan 19 2024,SPXW240119C04700000",
        "\"Fri Jan 19 2024," + Row4700,
        Row4700 + ",7",
        Row4700.Replace("50.25,", ""),                       // a field lost in the call half: everything behind it has moved
        string.Join(',', Row4700.Split(',').Take(11)),       // cut before the strike: the open interest may be cut too
        string.Join(',', Row4700.Split(',').Take(12)),       // cut in the strike
        Row4700.Replace("50.25,", "50.25\0,"),
        new string(',', 5_000) + "x",
        new string('9', 10_000));

    [Theory, MemberData(nameof(BrokenRows))]
    public void A_broken_row_is_left_out_and_said_and_the_others_are_used(string row)
    {
        OptionChain chain = Read(With(Row4800, row, Row4700));
        Assert.Equal(4, chain.Contracts.Count);
        Assert.Equal(FirstRow + 1, Assert.Single(chain.Issues).Line);
        Assert.Equal(FirstRow + 2, chain.Contracts[3].Line);
    }

    [Fact]
    public void A_row_cut_in_its_put_half_still_gives_the_call()
    {
        OptionChain chain = Read(With(Row4800, string.Join(',', Row4700.Split(',').Take(16))));
        Assert.Equal("SPXW240119C04700000", chain.Contracts[2].Symbol);
        Assert.Equal(3, chain.Contracts.Count);
        Assert.Contains("16 of 22", Assert.Single(chain.Issues).Reason);
    }

    [Fact]
    public void A_contract_that_comes_again_is_left_out_the_second_time()
    {
        OptionChain chain = Read(With(Row4700, Row4800, Row4700.Replace(",1500,", ",9999,")));
        Assert.Equal(4, chain.Contracts.Count);
        Assert.Equal(1500u, chain.Contracts[0].OpenInterest);
        Assert.Equal(2, chain.SkippedContracts);
        Assert.All(chain.Issues, issue => Assert.Contains("second time", issue.Reason));
    }

    [Theory]
    [InlineData("4700.00", "4705.00", "row of strike 4705")]
    [InlineData("Fri Jan 19 2024", "Fri Feb 16 2024", "row of 2024-02-16")]
    public void Where_columns_and_symbol_disagree_the_symbol_is_used_and_it_is_said(string column, string other, string words)
    {
        OptionChain chain = Read(With(Row4700.Replace(column, other)));
        Assert.Equal(Read(With(Row4700)).Contracts, chain.Contracts);
        Assert.Equal(2, chain.IssueCount);
        Assert.All(chain.Issues, issue => Assert.Contains(words, issue.Reason));
        Assert.Equal(0, chain.SkippedContracts);
    }

    [Fact]
    public void A_put_among_the_calls_is_a_put()
    {
        string swapped = Row4700.Replace("C04700000", "?04700000").Replace("P04700000", "C04700000").Replace("?04700000", "P04700000");
        OptionChain chain = Read(With(swapped));
        Assert.Equal([OptionRight.Put, OptionRight.Call], chain.Contracts.Select(contract => contract.Right));
        string[] reasons =
        [
            "SPXW240119P04700000 is a Put among the Calls; the symbol is used.",
            "SPXW240119C04700000 is a Call among the Puts; the symbol is used.",
        ];
        Assert.Equal(reasons, chain.Issues.Select(issue => issue.Reason));
    }

    [Fact]
    public void An_expiry_in_a_foreign_form_is_said_once()
    {
        OptionChain chain = Read(Text.Replace("Fri Jan 19 2024", "1/19/2024"));
        Assert.Equal(Read(Text).Contracts, chain.Contracts);
        Assert.Contains("1/19/2024", Assert.Single(chain.Issues).Reason);
    }

    [Fact]
    public void Adjusted_contracts_are_kept_and_marked()
    {
        OptionChain chain = Read(With(
            Row4700.Replace("SPXW240119C0470", "AMD240119C0470").Replace("SPXW240119P0470", "AMD1240119P0470")));
        Assert.Equal("AMD", chain.Underlying);
        Assert.Equal([("AMD", false), ("AMD1", true)], chain.Contracts.Select(contract => (contract.Root, contract.IsAdjusted)));
        Assert.All(chain.Contracts, contract => Assert.Equal(ExerciseStyle.American, contract.Exercise));
        Assert.All(chain.Contracts, contract => Assert.Equal(SettlementStyle.PM, contract.Settlement));
    }

    [Fact]
    public void Complaints_are_counted_to_the_last_and_listed_to_a_limit()
    {
        string[] rows = [Row4700, .. Enumerable.Repeat("broken", 3_000)];
        OptionChain chain = Read(With(rows));
        Assert.Equal(3_000, chain.IssueCount);
        Assert.Equal(OptionChain.MaxIssues, chain.Issues.Count);
        Assert.Equal(6_000, chain.SkippedContracts);
    }

    public static TheoryData<string, int, string> NoChains => new()
    {
        { "", 0, "empty" },
        { "\n\n", 2, "Expiration Date,Calls," },
        { "PK\u0003\u0004\0\0", 1, "not the text of an option chain" },
        { new string('x', 100_000), 1, "longer than any" },
        { Lines([.. Enumerable.Repeat("a,b", 100)]), 64, "among the first 64 lines" },
        { Lines(NameLine, Columns.Replace(',', ';'), Row4700), 2, "semicolons" },
        { Lines(NameLine, Columns + ",Theta", Row4700), 2, "23 columns" },
        { Lines(NameLine, Columns.Replace("Delta,Gamma", "Gamma,Delta"), Row4700), 2, "column 9 is 'Gamma' where 'Delta' belongs" },
        { Lines(NameLine, Columns), 2, "without a row" },
        { Lines(NameLine, Columns, "broken"), 3, "the first trouble was line 3" },
    };

    [Theory, MemberData(nameof(NoChains))]
    public void A_text_that_is_no_chain_is_refused_with_line_and_reason(string text, int line, string words)
    {
        ChainFormatException refusal = Assert.Throws<ChainFormatException>(() => Read(text));
        Assert.Equal(("chain.csv", line), (refusal.SourceName, refusal.Line));
        Assert.Contains(words, refusal.Reason);
        Assert.StartsWith(line == 0 ? "chain.csv: " : $"chain.csv, line {line}: ", refusal.Message);
    }

    [Fact]
    public void A_path_without_a_chain_is_refused_with_the_path()
    {
        string folder = Directory.CreateTempSubdirectory("dealerflow-import-").FullName;
        try
        {
            string missing = Path.Combine(folder, "missing.csv");
            Assert.Contains("no such file", Assert.Throws<ChainFormatException>(() => CboeQuotedataCsv.Read(missing)).Message);
            string deeper = Path.Combine(missing, "x.csv");
            Assert.Contains("no such file", Assert.Throws<ChainFormatException>(() => CboeQuotedataCsv.Read(deeper)).Message);
            Assert.Contains("directory", Assert.Throws<ChainFormatException>(() => CboeQuotedataCsv.Read(folder)).Message);
            string empty = Path.Combine(folder, "empty.csv");
            File.WriteAllText(empty, "");
            ChainFormatException refusal = Assert.Throws<ChainFormatException>(() => CboeQuotedataCsv.Read(empty));
            Assert.Equal($"{empty}: the file is empty.", refusal.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_file_with_a_byte_order_mark_reads_in_its_encoding(string encoding)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, Text, Encoding.GetEncoding(encoding));
            Assert.Equal(Read(Text).Contracts, CboeQuotedataCsv.Read(path).Contracts);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Damage_anywhere_in_a_chain_is_survived_or_refused()
    {
        string text = Text;
        Gen<string> junk = Gen.String[Gen.Char["\",\n\r\0 09.:-eNa∞\uFEFF"], 0, 5];
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 40], junk).Array[1, 4].Sample(damages =>
        {
            var damaged = new StringBuilder(text);
            foreach ((int at, int length, string insert) in damages)
            {
                int start = Math.Min(at, damaged.Length);
                damaged.Remove(start, Math.Min(length, damaged.Length - start)).Insert(start, insert);
            }
            try
            {
                OptionChain chain = Read(damaged.ToString());
                foreach (ChainContract contract in chain.Contracts)
                {
                    Assert.True(double.IsFinite(contract.Bid) && double.IsFinite(contract.Ask) && double.IsFinite(contract.Last));
                    Assert.True(contract.Bid >= 0 && contract.Ask >= 0 && contract.Last >= 0 && contract.Volume >= 0);
                    Assert.True(contract.SettlementNanos > 0);
                }
                Assert.True(chain.IssueCount >= chain.SkippedContracts / 2);
            }
            catch (ChainFormatException refusal)
            {
                Assert.NotEmpty(refusal.Reason);
            }
        });
    }

    private static string Quoted(string line) => string.Join(',', line.Split(',').Select(field => $"\"{field}\""));

    private static ChainContract Unplaced(ChainContract contract) => contract with { Line = 0 };
}
