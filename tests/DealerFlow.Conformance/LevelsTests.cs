using System.Text.Json;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>levels</c> on small chains, whole and damaged.</summary>
public sealed class LevelsTests : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_chain_gives_levels_and_keeps_the_contract_of_the_json()
    {
        JsonElement levels = Levels(new ChainText());
        Assert.Equal("SPX", levels.GetProperty("underlying").GetString());
        Assert.Equal(ChainText.Spot, levels.GetProperty("spot").GetDouble());
        Assert.Equal(ChainText.AsOf, levels.GetProperty("asOf").GetString());
        Assert.Equal("Quoted", levels.GetProperty("spotSource").GetString());
        Assert.Equal(ChainText.Nodes, levels.GetProperty("nodes").GetInt32());
        Assert.NotEqual(0, levels.GetProperty("buckets").GetProperty("zeroDte").GetProperty("grossGex").GetDouble());
        Assert.Equal(["2024-01-04", "2024-01-19"], levels.GetProperty("expiries").EnumerateArray().Select(expiry => expiry.GetProperty("expiry").GetString()));
    }

    [Fact]
    public void Tables_are_printed_where_no_json_is_asked_for()
    {
        Outcome outcome = _room.Run("levels", _room.Write("chain.csv", new ChainText().ToString()), "--strikes", "3");
        Assert.Equal(0, outcome.ExitCode);
        // Two expiries are not a whole chain, and the program says so, beside the tables and not in them.
        Assert.Contains(outcome.Messages, message => message.Contains("later ones may be missing", StringComparison.Ordinal));
        string tables = outcome.Output;
        foreach (string word in (ReadOnlySpan<string>)["net GEX", "zero gamma", "call wall", "4,700"]) Assert.Contains(word, tables);
    }

    // What browsers, spreadsheets and editors make of the same chain: the same levels.
    public static TheoryData<string> Guises => ["as written", "Spanish date", "unbalanced quote", "16 columns", "Excel line ends", "byte order mark"];

    [Theory, MemberData(nameof(Guises))]
    public void A_chain_in_any_known_guise_gives_the_same_levels(string guise)
    {
        var chain = new ChainText();
        string text = (guise switch
        {
            "Spanish date" => chain with { DateLine = "\"Date: 4 de enero de 2024, 10:52 GMT-5\",Bid: 4696.5,Ask: 4698.5,Size: 1*1,\"Volume: 1,234,567\"" },
            "unbalanced quote" => chain with { DateLine = chain.DateLine.TrimEnd('"') },
            "16 columns" => chain with { HasGreeks = false },
            "Excel line ends" => chain with { LineEnd = ",,,\r\n" },
            _ => chain,
        }).ToString();
        if (guise == "byte order mark") text = "\uFEFF" + text;
        JsonElement levels = _room.Run("levels", _room.Write("guise.csv", text), "--json").Json();
        Assert.True(JsonElement.DeepEquals(Levels(chain), levels), guise);
    }

    [Theory]
    [InlineData("\"Date: 4. Januar 2024 um 10:52 MEZ\",Bid: 4696.5,Ask: 4698.5", "4. Januar 2024 um 10:52 MEZ")]
    [InlineData("\"Date: January 4 at 10:52 AM EST\",Bid: 4696.5,Ask: 4698.5", "January 4 at 10:52 AM EST")]
    [InlineData("Bid: 4696.5,Ask: 4698.5", "does not say when")]
    public void A_date_that_cannot_be_read_is_asked_for(string dateLine, string told)
    {
        string path = _room.Write("chain.csv", (new ChainText() with { DateLine = dateLine }).ToString());
        string sentence = _room.Run("levels", path, "--json").Refused(2);
        Assert.Contains(told, sentence);
        Assert.Contains("--as-of", sentence);
        JsonElement levels = _room.Run("levels", path, "--as-of", "2024-01-04T10:52-05:00", "--json").Json();
        Assert.True(JsonElement.DeepEquals(Levels(new ChainText()), levels));
        Assert.Equal(ChainText.AsOf, _room.Run("levels", path, "--as-of", "2024-01-04T10:52", "--json").Json().GetProperty("asOf").GetString());
    }

    [Fact]
    public void A_spot_that_is_missing_is_inferred_by_parity_or_asked_for()
    {
        string path = _room.Write("chain.csv", (new ChainText() with { NameLine = "S&P 500 INDEX" }).ToString());
        JsonElement levels = _room.Run("levels", path, "--json").Json();
        LevelsContract.Check(levels);
        Assert.Equal("Inferred", levels.GetProperty("spotSource").GetString());
        Assert.Equal(ChainText.Spot, levels.GetProperty("spot").GetDouble(), 0.2);

        string sentence = _room.Run("levels", path, "--forward", "carry").Refused(2);
        Assert.Contains("has no spot", sentence);
        Assert.Contains("--spot", sentence);
        JsonElement given = _room.Run("levels", path, "--forward", "carry", "--spot", "4700", "--json").Json();
        Assert.Equal("Quoted", given.GetProperty("spotSource").GetString());
        Assert.Equal(4700, given.GetProperty("spot").GetDouble());
    }

    [Fact]
    public void A_chain_without_spot_and_without_quotes_asks_for_the_spot()
    {
        string path = _room.Write("chain.csv", (new ChainText() with { NameLine = "S&P 500 INDEX", HasQuotes = false }).ToString());
        Assert.Contains("--spot", _room.Run("levels", path).Refused(2));
        JsonElement levels = _room.Run("levels", path, "--spot", "4700", "--json").Json();
        LevelsContract.Check(levels);
        Assert.True(levels.GetProperty("unpricedOpenInterest").GetInt64() > 0);
        Assert.Equal("Unpriced", levels.GetProperty("buckets").GetProperty("all").GetProperty("zeroGamma").GetProperty("status").GetString());
    }

    [Fact]
    public void Broken_rows_are_skipped_counted_and_named()
    {
        var chain = new ChainText();
        string whole = chain.Row(new DateOnly(2024, 1, 19), 4800);
        string[] broken = ["Fri Jan 19 2024,hello", whole.Replace("-1.1,", "-1.1,NaN", StringComparison.Ordinal), whole[..60]];
        Outcome outcome = _room.Run("levels", _room.Write("chain.csv", (chain with { MoreRows = broken }).ToString()), "--json");
        Assert.True(JsonElement.DeepEquals(Levels(chain), outcome.Json()));
        for (int line = 5; line < 5 + broken.Length; line++)
            Assert.Contains(outcome.Messages, message => message.Contains($"chain.csv, line {line}: ", StringComparison.Ordinal));
        Assert.Contains(outcome.Messages, message => System.Text.RegularExpressions.Regex.IsMatch(message, @"chain\.csv: \d+ issues"));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("no\nchain\nat\nall\n", "line 4")]
    [InlineData("\nS&P\nDate\nExpiration Date,Calls,Last Sale\n", "line 4")]
    [InlineData("\nS&P\nDate\nExpiration Date;Calls;Last Sale\n", "semicolons")]
    [InlineData("PK\u0003\u0004\u0000\u0000\n", "line 1")]
    [InlineData("\nS&P\nDate\n" + ChainText.ColumnsLine + "\n", "without a row")]
    [InlineData("\nS&P\nDate\n" + ChainText.ColumnsLine + "\nFri Jan 19 2024,hello\n", "line 5")]
    public void A_file_that_is_no_chain_is_refused_with_line_and_reason(string text, string told)
    {
        string sentence = _room.Run("levels", _room.Write("chain.csv", text), "--json").Refused(1);
        Assert.Contains("chain.csv", sentence);
        Assert.Contains(told, sentence);
    }

    [Fact]
    public void A_chain_that_is_not_there_is_named()
    {
        Assert.Contains("missing.csv: there is no such file", _room.Run("levels", "missing.csv").Refused(1));
        Assert.Contains("directory", _room.Run("levels", _room.Folder).Refused(1));
    }

    [Fact]
    public void Adjusted_contracts_are_reported_apart()
    {
        var chain = new ChainText() with { Root = "AMD", NameLine = "AMD,Last: 4697.5" };
        string adjusted = (chain with { Root = "AMD1" }).Row(new DateOnly(2024, 1, 19), 4700);
        JsonElement plain = Levels(chain), mixed = Levels(chain with { MoreRows = [adjusted] });
        Assert.True(mixed.GetProperty("adjustedOpenInterest").GetInt64() > 0);
        Assert.True(JsonElement.DeepEquals(plain.GetProperty("buckets"), mixed.GetProperty("buckets")));
    }

    [Fact]
    public void American_contracts_are_made_European_unless_told_otherwise()
    {
        string path = _room.Write("chain.csv", (new ChainText() with { Root = "AMD", NameLine = "AMD,Last: 4697.5" }).ToString());
        JsonElement auto = _room.Run("levels", path, "--rate", "0.05", "--json").Json();
        JsonElement european = _room.Run("levels", path, "--rate", "0.05", "--exercise", "european", "--json").Json();
        LevelsContract.Check(auto);
        LevelsContract.Check(european);
        Assert.Equal("auto", auto.GetProperty("exercise").GetProperty("treatment").GetString());
        Assert.Equal(ChainText.Nodes, auto.GetProperty("exercise").GetProperty("americanNodes").GetInt32());
        Assert.InRange(auto.GetProperty("exercise").GetProperty("premiumNodes").GetInt32(), 1, ChainText.Nodes);
        Assert.Equal("european", european.GetProperty("exercise").GetProperty("treatment").GetString());
        Assert.Equal(0, european.GetProperty("exercise").GetProperty("americanNodes").GetInt32());
        Assert.NotEqual(
            auto.GetProperty("buckets").GetProperty("all").GetProperty("grossGex").GetDouble(),
            european.GetProperty("buckets").GetProperty("all").GetProperty("grossGex").GetDouble());
        Assert.Contains("Exercise: American, made European", _room.Run("levels", path, "--rate", "0.05", "--strikes", "3").Output);
        Assert.Contains("Exercise: every contract as European", _room.Run("levels", path, "--exercise", "european").Output);
    }

    [Fact]
    public void European_contracts_are_the_same_under_both_treatments()
    {
        string path = _room.Write("chain.csv", new ChainText().ToString());
        JsonElement auto = _room.Run("levels", path, "--json").Json(), european = _room.Run("levels", path, "--exercise", "european", "--json").Json();
        Assert.True(JsonElement.DeepEquals(auto.GetProperty("buckets"), european.GetProperty("buckets")));
        Assert.Equal(0, auto.GetProperty("exercise").GetProperty("americanNodes").GetInt32());
    }

    [Fact]
    public void Dividends_in_cash_are_told_back_and_lower_the_forward()
    {
        string path = _room.Write("chain.csv", (new ChainText() with { Root = "AMD", NameLine = "AMD,Last: 4697.5" }).ToString());
        string[] carry = ["levels", path, "--forward", "carry", "--json"];
        JsonElement without = _room.Run(carry).Json(), with = _room.Run([.. carry, "--dividend", "2024-01-10:12.5", "--dividend", "2024-06-10:13"]).Json();
        LevelsContract.Check(with);
        JsonElement[] dividends = [.. with.GetProperty("exercise").GetProperty("dividends").EnumerateArray()];
        Assert.Equal(["2024-01-10", "2024-06-10"], dividends.Select(dividend => dividend.GetProperty("exDate").GetString()));
        Assert.Equal([12.5, 13], dividends.Select(dividend => dividend.GetProperty("amount").GetDouble()));
        Assert.Equal(Forwards(without)[0], Forwards(with)[0], 1e-9);
        Assert.Equal(Forwards(without)[1] - 12.5, Forwards(with)[1], 1e-9);
        Assert.Contains("12.5 on 2024-01-10", _room.Run("levels", path, "--dividend", "2024-01-10:12.5").Output);

        static double[] Forwards(JsonElement levels) => [.. levels.GetProperty("expiries").EnumerateArray().Select(expiry => LevelsContract.Number(expiry, "forward"))];
    }

    [Fact]
    public void Dividends_that_fit_no_chain_are_refused()
    {
        string index = _room.Write("index.csv", new ChainText().ToString());
        Assert.Contains("for shares and ETFs", _room.Run("levels", index, "--dividend", "2024-01-10:1").Refused(2));
        string share = _room.Write("share.csv", (new ChainText() with { Root = "AMD", NameLine = "AMD,Last: 4697.5" }).ToString());
        Assert.Contains("is over", _room.Run("levels", share, "--dividend", "2024-01-04:1").Refused(2));
        Assert.Contains("not less than the spot", _room.Run("levels", share, "--dividend", "2024-01-10:5000").Refused(2));
    }

    private JsonElement Levels(ChainText chain)
    {
        JsonElement levels = _room.Run("levels", _room.Write("chain.csv", chain.ToString()), "--json").Json();
        LevelsContract.Check(levels);
        return levels;
    }
}
