using System.Text.Json;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>--calendar</c> and <c>--stickiness</c>: what they change, and that the answer says so.</summary>
public sealed class CalendarTests : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void An_early_close_moves_the_settlement_of_a_tape_and_is_told()
    {
        string tape = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(0.2));
        string calendar = _room.Write("overrides.txt", "2026-11-16 close 13:00  # storm\n2026-11-27 close 12:00\n");
        Outcome outcome = _room.Run("replay", tape, "--calendar", calendar, "--json");
        JsonElement levels = outcome.Json().GetProperty("levels");
        LevelsContract.Check(levels);
        Assert.Equal(
            ["2026-11-16T18:00:00.000000000Z", "2026-11-23T21:00:00.000000000Z"],
            levels.GetProperty("expiries").EnumerateArray().Select(expiry => expiry.GetProperty("settlementInstant").GetString()));
        Assert.Equal("2026-11-16T18:00:00.000000000Z", levels.GetProperty("hedgeFlow").GetProperty("close").GetString());
        Assert.Matches("^[0-9a-f]{16}$", levels.GetProperty("provenance").GetProperty("calendarOverrides").GetString());
        Assert.Contains(outcome.Messages, message => message.Contains("moves the settlement of 18 contracts", StringComparison.Ordinal));
        Assert.Contains(outcome.Messages, message => message.Contains("'2026-11-16 close 13:00': 18 contracts", StringComparison.Ordinal));
        Assert.Contains(outcome.Messages, message => message.Contains("'2026-11-27 close 12:00': 0 contracts", StringComparison.Ordinal));

        JsonElement without = _room.Run("replay", tape, "--json").Json().GetProperty("levels");
        Assert.Equal(JsonValueKind.Null, without.GetProperty("provenance").GetProperty("calendarOverrides").ValueKind);
        Assert.NotEqual(Gross(without), Gross(levels));
    }

    [Fact]
    public void An_early_close_moves_the_settlement_of_a_chain()
    {
        string chain = _room.Write("chain.csv", new ChainText().ToString());
        string calendar = _room.Write("overrides.txt", "2024-01-04 close 13:00\n");
        Outcome outcome = _room.Run("levels", chain, "--calendar", calendar, "--json");
        JsonElement levels = outcome.Json();
        LevelsContract.Check(levels);
        Assert.Equal("2024-01-04T18:00:00.000000000Z", levels.GetProperty("expiries")[0].GetProperty("settlementInstant").GetString());
        Assert.Contains(outcome.Messages, message => message.Contains("moves the settlement of 18 contracts", StringComparison.Ordinal));
        Assert.Contains("with overrides", _room.Run("levels", chain, "--calendar", calendar).Output);
    }

    [Fact]
    public void A_definition_of_the_session_settles_with_those_of_the_start()
    {
        Tick[] known = LittleMarket.Ticks(0.5);
        InstrumentDefinition late = LittleMarket.Definitions()[1];
        late.InstrumentId = LittleMarket.Undefined;
        late.StrikeMills = 6_005_000;
        var quarters = new Tick[DefinitionTicks.Count];
        DefinitionTicks.Write(in late, known[^1].EventTimeNanos, quarters);
        string tape = LittleMarket.WriteTape(_room.Path("late.dftape"), [.. known, .. quarters]);
        string calendar = _room.Write("overrides.txt", "2026-11-16 close 13:00\n");
        JsonElement levels = _room.Run("replay", tape, "--calendar", calendar, "--json").Json().GetProperty("levels");
        LevelsContract.Check(levels);
        Assert.Equal(2, levels.GetProperty("expiries").GetArrayLength());
        Assert.Equal("2026-11-16T18:00:00.000000000Z", levels.GetProperty("expiries")[0].GetProperty("settlementInstant").GetString());
        Assert.Equal(10, levels.GetProperty("expiries")[0].GetProperty("nodes").GetInt32());
    }

    [Theory]
    [InlineData("yesterday closed\n", "line 1: 'yesterday' is no date")]
    [InlineData("# early\n2026-11-16 close 25:00\n", "line 2")]
    [InlineData("2026-11-16 close 13:00\n2026-11-16 close 14:00\n", "line 2")]
    [InlineData("2026-11-15 closed\n", "nothing trades")]
    public void A_calendar_that_cannot_be_read_is_refused_with_its_line(string text, string told)
    {
        string sentence = _room.Run("levels", "chain.csv", "--calendar", _room.Write("overrides.txt", text)).Refused(1);
        Assert.Contains("overrides.txt", sentence);
        Assert.Contains(told, sentence);
        Assert.Contains("no such file", _room.Run("levels", "chain.csv", "--calendar", "missing.txt").Refused(1));
    }

    [Fact]
    public void Skew_stickiness_is_named_and_moves_the_roots_only()
    {
        string chain = _room.Write("chain.csv", new ChainText().ToString());
        JsonElement sticky = _room.Run("levels", chain, "--json").Json(), skewed = _room.Run("levels", chain, "--stickiness", "1.5", "--json").Json();
        LevelsContract.Check(skewed);
        Assert.Equal("stickyStrike", sticky.GetProperty("provenance").GetProperty("smileRule").GetProperty("name").GetString());
        JsonElement rule = skewed.GetProperty("provenance").GetProperty("smileRule");
        Assert.Equal("skewStickiness", rule.GetProperty("name").GetString());
        Assert.Equal(1.5, rule.GetProperty("stickiness").GetDouble());
        Assert.Equal(Gross(sticky), Gross(skewed));
        Assert.Contains("skew-stickiness 1.5", _room.Run("levels", chain, "--stickiness", "1.5").Output);
    }

    private static double Gross(JsonElement levels) => LevelsContract.Number(levels.GetProperty("buckets").GetProperty("all"), "grossGex");
}
