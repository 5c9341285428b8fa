using System.Globalization;
using DealerFlow.Engine;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Output;

/// <summary>Instants, ages and sums as people read them.</summary>
internal static class Names
{
    public static string Date(ScheduledDividend dividend) => $"{NewYorkTime.DateOf(dividend.ExNanos):yyyy-MM-dd}";

    /// <summary>An instant as a trader's clock shows it: <c>2026-11-16 16:00</c>, with seconds where there are some.</summary>
    public static string NewYork(long unixNanos)
    {
        TimeOnly time = NewYorkTime.TimeOf(unixNanos);
        string clock = time.ToString(time.Ticks % TimeSpan.TicksPerMinute == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{NewYorkTime.DateOf(unixNanos):yyyy-MM-dd} {clock}";
    }

    /// <summary>An age for people: <c>0.3 s</c>, <c>4 min</c>, <c>3.5 h</c>.</summary>
    public static string Age(long nanos) => (nanos / 1e9) switch
    {
        < 10 => $"{nanos / 1e9:0.0} s",
        < 120 => $"{nanos / 1e9:0} s",
        < 7200 => $"{nanos / 60e9:0} min",
        _ => $"{nanos / 3600e9:0.0} h",
    };

    /// <summary>USD for people: three significant decimals of bn, mn or k, with sign.</summary>
    public static string Usd(double value) => Math.Abs(value) switch
    {
        >= 1e9 => $"{value / 1e9:+0.000;-0.000} bn",
        >= 1e6 => $"{value / 1e6:+0.000;-0.000} mn",
        >= 1e3 => $"{value / 1e3:+0.000;-0.000} k",
        0 => "0",
        _ => $"{value:+0.00;-0.00}",
    };

    /// <summary>A sum on the money grid for people.</summary>
    public static string Usd(long units) => Usd(MoneyGrid.ToUsd(units));

    /// <summary>A price or strike without idle zeros.</summary>
    public static string Price(double value) => value.ToString("#,0.####");
}
