using System.Globalization;
using System.Text.RegularExpressions;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// The download time in a chain's header: <c>January 7, 2024 at 10:52 AM EST</c> and what browsers of other languages and people
/// with editors make of it. A date that leaves any doubt is not read.
/// </summary>
internal static partial class ChainDate
{
    private const long NanosPerSecond = 1_000_000_000;
    private const long NanosPerDay = 86_400 * NanosPerSecond;
    private const int MaxLength = 80;

    private static readonly string[] SpanishMonths =
        ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];

    private const string Time = @"(?<hour>\d{1,2}):(?<minute>\d{2})(?: ?(?<half>[ap])\.? ?m\.?)?";
    private const string Zone = @"(?<zone>EST|EDT|(?:GMT|UTC)(?:(?<sign>[+-])(?<hours>\d{1,2})(?::?(?<minutes>[0-5]\d))?)?)";
    private const string Between = @"(?:,| at|, at| a las|, a las)? ?";
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture;

    /// <summary>
    /// Reads a date with day, month, four-digit year, time and zone. False when one of them is missing or impossible, and when
    /// <c>EST</c> or <c>EDT</c> is not what New York's clocks showed on that date: then date or zone is wrong, and who knows which.
    /// </summary>
    /// <param name="text">The text after <c>Date:</c>.</param>
    /// <param name="unixNanos">UTC nanoseconds since the Unix epoch; 0 when false.</param>
    public static bool TryParse(string text, out long unixNanos)
    {
        unixNanos = 0;
        if (text.Length > MaxLength) return false;
        string plain = Blanks().Replace(text, " ").Trim().Replace('\u2212', '-');
        Match match = MonthFirst().Match(plain);
        if (!match.Success) match = DayFirst().Match(plain);
        if (!match.Success) return false;

        if (!TryMonth(match.Groups["month"].Value, out int month)) return false;
        int year = int.Parse(match.Groups["year"].Value);
        int day = int.Parse(match.Groups["day"].Value);
        if (day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (!TryTime(match, out TimeOnly time)) return false;

        var date = new DateOnly(year, month, day);
        return match.Groups["zone"].Value.ToUpperInvariant() switch
        {
            "EST" => TryNewYork(date, time, offsetHours: -5, out unixNanos),
            "EDT" => TryNewYork(date, time, offsetHours: -4, out unixNanos),
            _ => TryOffset(date, time, match, out unixNanos),
        };
    }

    private static bool TryTime(Match match, out TimeOnly time)
    {
        time = default;
        int hour = int.Parse(match.Groups["hour"].Value);
        int minute = int.Parse(match.Groups["minute"].Value);
        if (match.Groups["half"].Success)
        {
            if (hour is < 1 or > 12) return false;
            hour = (hour % 12) + (match.Groups["half"].Value is "p" or "P" ? 12 : 0);
        }
        if (hour > 23 || minute > 59) return false;
        time = new TimeOnly(hour, minute);
        return true;
    }

    private static bool TryNewYork(DateOnly date, TimeOnly time, int offsetHours, out long unixNanos)
    {
        unixNanos = AtOffset(date, time, offsetHours * 60);
        if (NewYorkTime.UtcOffsetSeconds(unixNanos) == offsetHours * 3600) return true;
        unixNanos = 0;
        return false;
    }

    private static bool TryOffset(DateOnly date, TimeOnly time, Match match, out long unixNanos)
    {
        unixNanos = 0;
        int offsetMinutes = (Number("hours") * 60) + Number("minutes");
        if (offsetMinutes > 14 * 60) return false;
        unixNanos = AtOffset(date, time, match.Groups["sign"].Value == "-" ? -offsetMinutes : offsetMinutes);
        return true;

        int Number(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].Value) : 0;
    }

    private static long AtOffset(DateOnly date, TimeOnly time, int offsetMinutes) =>
        ((date.DayNumber - new DateOnly(1970, 1, 1).DayNumber) * NanosPerDay)
        + ((((time.Hour * 60) + time.Minute - offsetMinutes) * 60L) * NanosPerSecond);

    private static bool TryMonth(string name, out int month)
    {
        for (month = 1; month <= 12; month++)
        {
            string english = CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);
            if (Same(name, english) || Same(name, english[..3])) return true;
            if (Same(name, SpanishMonths[month - 1]) || (month == 9 && (Same(name, "setiembre") || Same(name, "sept")))) return true;
        }
        return false;

        static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
    }

    // "January 7, 2024 at 10:52 AM EST", "February 5 2022, 8:09 PM EST", "July 9, 2022 at 5:28 p.m. EDT"
    [GeneratedRegex(@"^(?<month>\p{L}+)\.? (?<day>\d{1,2}),? (?<year>20\d\d)" + Between + Time + " " + Zone + "$", Options)]
    private static partial Regex MonthFirst();

    // "9 June 2023, 1:40 PM EDT", "24 September 2023,1:46 PM EDT", "23 de marzo de 2022, 10:11 GMT-4"
    [GeneratedRegex(
        @"^(?<day>\d{1,2})\.? (?:de )?(?<month>\p{L}+)\.? (?:de )?(?<year>20\d\d)" + Between + Time + " " + Zone + "$", Options)]
    private static partial Regex DayFirst();

    // Browsers put no-break and narrow blanks before AM and PM.
    [GeneratedRegex(@"[\s\u00A0\u202F\u2009]+", Options)]
    private static partial Regex Blanks();
}
