using CsCheck;
using DealerFlow.Market;
using Xunit;

namespace DealerFlow.Tests;

public class CalendarOverridesTests
{
    private const string Good =
        "# what the exchange announced\n"
        + "2025-01-09 closed            # mourning\n"
        + "\n"
        + "2026-11-27 close 13:00\n"
        + "\t2020-03-18  open 09:45 VIX, SPX\n";

    [Fact]
    public void A_file_says_one_change_a_row_and_one_entry_a_root()
    {
        CalendarOverrides overrides = CalendarOverrides.Parse(Good, "overrides.txt");
        Assert.Equal(
        [
            new CalendarOverride(new DateOnly(2020, 3, 18), OverrideKind.Open, new TimeOnly(9, 45), "SPX"),
            new CalendarOverride(new DateOnly(2020, 3, 18), OverrideKind.Open, new TimeOnly(9, 45), "VIX"),
            new CalendarOverride(new DateOnly(2025, 1, 9), OverrideKind.Closed, default, null),
            new CalendarOverride(new DateOnly(2026, 11, 27), OverrideKind.Close, new TimeOnly(13, 0), null),
        ], overrides.Rows);
    }

    [Theory]
    [InlineData("\uFEFF2026-03-02 open 09:45")]
    [InlineData("2026-03-02 open 09:45\r\n\r\n")]
    [InlineData("\r2026-03-02\topen\t09:45\r")]
    [InlineData("# first\n\n 2026-03-02 , open , 09:45 #last")]
    public void Marks_line_ends_blanks_and_comments_change_nothing(string text)
    {
        CalendarOverride row = Assert.Single(CalendarOverrides.Parse(text, "overrides.txt").Rows);
        Assert.Equal("2026-03-02 open 09:45", row.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n# 2026-03-02 closed\n")]
    public void A_file_without_rows_is_no_override(string text) =>
        Assert.Same(CalendarOverrides.None, CalendarOverrides.Parse(text, "overrides.txt"));

    // Each message names the line, says what is wrong and what to write.
    public static TheoryData<string, int, string, string> Bad => new()
    {
        { "2025-1-9 closed", 1, "'2025-1-9' is no date", "as in '2025-01-09 closed'" },
        { "2025-02-29 closed", 1, "'2025-02-29' is no date", "year-month-day" },
        { "closed 2025-01-09", 1, "'closed' is no date", "begins with year-month-day" },
        { "# x\n2031-03-03 closed", 2, "knows 2015 to 2030, not 2031-03-03", "remove it" },
        { "2014-12-31 open 10:00", 1, "knows 2015 to 2030, not 2014-12-31", "remove it" },
        { "2026-03-02", 1, "says nothing about 2026-03-02", "write 'closed', 'open HH:mm' or 'close HH:mm'" },
        { "2026-03-02 clsoed", 1, "'clsoed' is no change of a day", "write 'closed', 'open HH:mm' or 'close HH:mm'" },
        { "2026-03-02 CLOSED", 1, "'CLOSED' is no change of a day", "write 'closed'" },
        { "2026-03-02 \u0007\u001b[2J", 1, "'??[2J' is no change of a day", "write 'closed'" },
        { "2026-03-02 closed SPX", 1, "'SPX' stands behind 'closed'", "nothing else" },
        { "\r\n\r\n2026-03-02 open", 3, "nothing stands where a time belongs", "as in 09:45" },
        { "2026-03-02 open 9:45", 1, "'9:45' stands where a time belongs", "two digits each, as in 09:45" },
        { "2026-03-02 open 09:45:30", 1, "'09:45:30' stands where a time belongs", "as in 09:45" },
        { "2026-03-02 close 24:00", 1, "'24:00' stands where a time belongs", "hour and minute" },
        { "2026-03-02 open SPX", 1, "'SPX' stands where a time belongs", "as in 09:45" },
        { "2026-03-02 open 09:29", 1, "no day opens at 09:29", "from 09:30 to 15:59" },
        { "2026-03-02 open 16:00", 1, "no day opens at 16:00", "from 09:30 to 15:59" },
        { "2026-03-02 close 09:30", 1, "no day closes at 09:30", "from 09:31 to 16:00" },
        { "2026-03-02 close 16:15", 1, "no day closes at 16:15", "from 09:31 to 16:00" },
        { "2026-03-01 closed", 1, "nothing trades on 2026-03-01 (Sunday)", "correct the date" },
        { "2026-12-25 open 10:00", 1, "nothing trades on 2026-12-25 (Friday)", "remove the row" },
        { "2025-01-09 close 13:00", 1, "nothing trades on 2025-01-09 (Thursday)", "remove the row" },
        { "2026-03-02 open 09:45 spx", 1, "'spx' is no option root", "as in SPX" },
        { "2026-03-02 open 09:45 TOOLONG", 1, "'TOOLONG' is no option root", "1 to 6 characters" },
        { "2026-03-02 closed\n2026-03-02 closed", 2, "line 1 already says when the market is closed on 2026-03-02", "remove one" },
        { "2026-03-02 open 09:45\n\n2026-03-02 open 10:00", 3, "line 1 already says when the market opens on 2026-03-02", "remove one" },
        { "2026-03-02 close 13:00 SPX NDX\n2026-03-02 close 13:00 NDX", 2, "line 1 already says when NDX closes", "remove one" },
        { "2026-03-02 open 09:45 SPX SPX", 1, "line 1 already says when SPX opens", "remove one" },
        { "2026-03-02 closed\n2026-03-02 open 10:00", 2, "is closed and yet has hours by this line and line 1", "remove one" },
        { "2026-03-02 close 13:00 SPX\n2026-03-02 closed", 2, "is closed and yet has hours by this line and line 1", "remove one" },
        { "2026-11-27 open 13:00", 1, "the market would open at 13:00 and close at 13:00", "an open before the close" },
        { "2026-03-02 open 10:30 SPX\n2026-03-02 close 10:00", 2, "SPX would open at 10:30 and close at 10:00", "an open before the close" },
        { "2026-03-02 closed\n\0", 2, "zero byte", "as in '2025-01-09 closed'" },
    };

    [Theory, MemberData(nameof(Bad))]
    public void A_wrong_row_refuses_the_file_and_says_line_trouble_and_remedy(string text, int line, string trouble, string remedy)
    {
        InputFormatException refusal = Assert.Throws<InputFormatException>(() => CalendarOverrides.Parse(text, "overrides.txt"));
        Assert.Equal(("overrides.txt", line), (refusal.SourceName, refusal.Line));
        Assert.StartsWith($"overrides.txt, line {line}: ", refusal.Message);
        Assert.Contains(trouble, refusal.Reason);
        Assert.Contains(remedy, refusal.Reason);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Fact]
    public void A_text_beyond_any_list_of_exceptions_is_refused()
    {
        string longest = new('#', CalendarOverrides.MaxCharacters);
        Assert.Empty(CalendarOverrides.Parse(longest, "overrides.txt").Rows);
        InputFormatException refusal = Assert.Throws<InputFormatException>(() => CalendarOverrides.Parse(longest + "#", "overrides.txt"));
        Assert.Contains("65,536 characters", refusal.Reason);
    }

    [Fact]
    public void A_file_is_read_and_what_the_file_system_objects_to_is_said()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("overrides.txt");
        Assert.Contains("no such file", Assert.Throws<InputFormatException>(() => CalendarOverrides.Read(path)).Message);
        Assert.Contains("directory", Assert.Throws<InputFormatException>(() => CalendarOverrides.Read(Path.GetDirectoryName(path)!)).Message);

        File.WriteAllText(path, Good);
        Assert.Equal(4, CalendarOverrides.Read(path).Rows.Count);
        File.WriteAllText(path, "\n2031-01-02 closed");
        Assert.StartsWith($"{path}, line 2: ", Assert.Throws<InputFormatException>(() => CalendarOverrides.Read(path)).Message);
        File.WriteAllText(path, new string('\n', CalendarOverrides.MaxCharacters + 5));
        Assert.Contains("65,536", Assert.Throws<InputFormatException>(() => CalendarOverrides.Read(path)).Message);
    }

    private static readonly DateOnly[] Days = [.. ExchangeRules.TradingDays().Where(date => !ExchangeRules.IsShort(date))];

    private static readonly Gen<string[]> Rows = Gen.Select(
        Gen.Int[0, Days.Length - 1], Gen.Int[0, 2], Gen.Int[0, 59], Gen.Bool,
        (day, kind, minute, isForRoot) => (Date: Days[day], Row: kind switch
        {
            0 => "closed",
            1 => $"open 10:{minute:00}{(isForRoot ? " SPX" : "")}",
            _ => $"close 12:{minute:00}{(isForRoot ? " QQQ" : "")}",
        })).Array[1, 8].Select(rows => rows.DistinctBy(row => row.Date).Select(row => $"{row.Date:yyyy-MM-dd} {row.Row}").ToArray());

    [Fact]
    public void The_rows_of_a_calendar_read_back_as_the_same_calendar_in_any_order() => Rows.Sample(rows =>
    {
        CalendarOverrides once = CalendarOverrides.Parse(string.Join('\n', rows), "a");
        CalendarOverrides reversed = CalendarOverrides.Parse(string.Join("\r\n", rows.Reverse()) + "\n# the same", "b");
        CalendarOverrides again = CalendarOverrides.Parse(string.Join('\n', once.Rows), "c");
        return once.Rows.SequenceEqual(reversed.Rows) && once.Rows.SequenceEqual(again.Rows)
            && once.Fingerprint == reversed.Fingerprint && once.Fingerprint == again.Fingerprint && once.Fingerprint != 0;
    });

    [Fact]
    public void A_fingerprint_is_fnv_1a_of_the_rows_and_changes_with_every_one()
    {
        Assert.Equal(0ul, CalendarOverrides.None.Fingerprint);
        CalendarOverrides one = CalendarOverrides.Parse("2026-03-02 closed", "a");
        ulong expected = "2026-03-02 closed\n".Aggregate(0xcbf29ce484222325ul, (hash, c) => unchecked((hash ^ c) * 0x100000001b3ul));
        Assert.Equal(expected, one.Fingerprint);
        string[] others =
        [
            "2026-03-03 closed", "2026-03-02 open 09:30", "2026-03-02 open 09:31", "2026-03-02 close 09:31", "2026-03-02 open 09:31 SPX",
            "2026-03-02 open 09:31 SPXW", "2026-03-02 open 09:31 SPX SPXW",
        ];
        Assert.Equal(others.Length + 1, others.Select(row => CalendarOverrides.Parse(row, "b").Fingerprint).Append(expected).Distinct().Count());
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_anything_else() =>
        Gen.OneOf(
            Gen.String[Gen.Char["2026-13 :openclsdSPX#\n\r\t,\0\uFEFF"], 0, 60],
            Gen.Select(Rows, Gen.Int[0, 400], Gen.Char, (rows, at, c) => Spoil(string.Join('\n', rows), at, c))).Sample(text =>
        {
            try
            {
                CalendarOverrides overrides = CalendarOverrides.Parse(text, "any");
                Assert.All(overrides.Rows, row => Assert.True(TradingCalendar.Knows(row.Date.Year)));
            }
            catch (InputFormatException refusal)
            {
                int lines = text.Count(c => c is '\r' or '\n') + 1;
                Assert.InRange(refusal.Line, 1, lines);
            }
        });

    private static string Spoil(string text, int at, char c) => text.Insert(at % text.Length, c.ToString());
}
