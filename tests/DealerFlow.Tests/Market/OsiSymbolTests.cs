using CsCheck;
using DealerFlow.Market;
using Xunit;

namespace DealerFlow.Tests;

public class OsiSymbolTests
{
    // Symbols of real files: Cboe (compact), Databento (padded), Polygon (O:), the clearing house (digit in front).
    public static TheoryData<string, string, int, int, int, OptionRight, long> Real => new()
    {
        { "SPXW240105C01200000", "SPXW", 2024, 1, 5, OptionRight.Call, 1_200_000 },
        { "AAPL  250221C00250000", "AAPL", 2025, 2, 21, OptionRight.Call, 250_000 },
        { "O:SPY251219C00650000", "SPY", 2025, 12, 19, OptionRight.Call, 650_000 },
        { "AMD1250117P00012500", "AMD1", 2025, 1, 17, OptionRight.Put, 12_500 },
        { "2AAPL 200214P00005000", "2AAPL", 2020, 2, 14, OptionRight.Put, 5_000 },
        { "A210618C00130000", "A", 2021, 6, 18, OptionRight.Call, 130_000 },
        { "A     210618C00130000", "A", 2021, 6, 18, OptionRight.Call, 130_000 },
        { "SPX270617P10400000", "SPX", 2027, 6, 17, OptionRight.Put, 10_400_000 },
        { "ABCDEF240229C99999999", "ABCDEF", 2024, 2, 29, OptionRight.Call, 99_999_999 },
    };

    [Theory, MemberData(nameof(Real))]
    public void A_symbol_says_root_expiry_right_and_strike(
        string text, string root, int year, int month, int day, OptionRight right, long mills)
    {
        Assert.True(OsiSymbol.TryParse(text, out OsiContract contract));
        Assert.Equal(new OsiContract(root, new DateOnly(year, month, day), right, mills), contract);
    }

    [Theory]
    [InlineData("")]
    [InlineData("O:")]
    [InlineData("240105C01200000")]          // no root
    [InlineData("ABCDEFG240105C01200000")]   // root of seven
    [InlineData("SPXW240105X01200000")]      // neither C nor P
    [InlineData("SPXW240105c01200000")]
    [InlineData("spxw240105C01200000")]
    [InlineData("SPXW241305C01200000")]      // month 13
    [InlineData("SPXW230229C01200000")]      // no leap year
    [InlineData("SPXW240100C01200000")]
    [InlineData("SPXW240105C00000000")]      // strike 0
    [InlineData("SPXW240105C0120000O")]      // letter O
    [InlineData("SPXW240105C01200000 ")]
    [InlineData("SPXW 240105C01200000")]     // neither compact nor 21 characters
    [InlineData("      240105C01200000")]
    [InlineData("S XW  240105C01200000")]
    [InlineData("SPXW240105C٠١٢٠٠٠٠٠")]      // digits of another script
    [InlineData("SPXW240105C-1200000")]
    public void A_text_that_is_no_symbol_is_refused(string text)
    {
        Assert.False(OsiSymbol.TryParse(text, out OsiContract contract));
        Assert.Equal(default, contract);
    }

    [Fact]
    public void A_likely_root_is_reused_only_where_it_is_the_root()
    {
        string likely = new(['S', 'P', 'X']);
        Assert.True(OsiSymbol.TryParse("SPX240119C04000000", likely, out OsiContract same));
        Assert.Same(likely, same.Root);
        Assert.True(OsiSymbol.TryParse("SPXW240119C04000000", likely, out OsiContract other));
        Assert.Equal("SPXW", other.Root);
    }

    private static readonly Gen<OsiContract> Contracts = Gen.Select(
        Gen.String[Gen.Char["ABCXYZ019"], 1, 6],
        Gen.Int[0, 36_523].Select(days => new DateOnly(2000, 1, 1).AddDays(days)),
        Gen.Bool,
        Gen.Long[1, 99_999_999],
        (root, expiry, call, mills) => new OsiContract(root, expiry, call ? OptionRight.Call : OptionRight.Put, mills));

    [Fact]
    public void Both_spellings_of_a_contract_read_back_as_the_contract() => Contracts.Sample(contract =>
    {
        string padded = OsiSymbol.FormatPadded(contract);
        return padded.Length == OsiSymbol.PaddedLength
            && OsiSymbol.TryParse(padded, out OsiContract fromPadded) && fromPadded == contract
            && OsiSymbol.TryParse(OsiSymbol.Format(contract), out OsiContract fromCompact) && fromCompact == contract
            && OsiSymbol.TryParse("O:" + contract, out OsiContract fromPrefixed) && fromPrefixed == contract;
    });

    [Fact]
    public void Any_text_is_either_refused_or_spelled_back_the_same() => Gen.String[Gen.Char[" :O0123459ACPSX"], 0, 24].Sample(text =>
        !OsiSymbol.TryParse(text, out OsiContract contract)
        || text.EndsWith(OsiSymbol.Format(contract), StringComparison.Ordinal)
        || text.EndsWith(OsiSymbol.FormatPadded(contract), StringComparison.Ordinal));

    [Theory]
    [InlineData("TOOLONG", 2024, 1)]
    [InlineData("", 2024, 1)]
    [InlineData("spx", 2024, 1)]
    [InlineData("SPX", 2100, 1)]
    [InlineData("SPX", 1999, 1)]
    [InlineData("SPX", 2024, 0)]
    [InlineData("SPX", 2024, 100_000_000)]
    public void A_contract_that_fits_no_symbol_is_not_spelled(string root, int year, long mills)
    {
        var contract = new OsiContract(root, new DateOnly(year, 1, 5), OptionRight.Call, mills);
        Assert.Contains(root, Assert.Throws<ArgumentException>(() => OsiSymbol.Format(contract)).Message);
        Assert.Throws<ArgumentException>(() => OsiSymbol.FormatPadded(contract));
    }
}
