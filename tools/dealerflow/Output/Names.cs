using DealerFlow.Engine;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Output;

/// <summary>The words that the JSON contract and the tables use.</summary>
internal static class Names
{
    public const string GexUnit = "USD per 1% move of the underlying";

    public static string Of(ForwardMode mode) => mode == ForwardMode.Parity ? "parity" : "carry";

    public static string Of(ExposureBucket bucket) => bucket switch
    {
        ExposureBucket.ZeroDte => "zeroDte",
        ExposureBucket.ExZeroDte => "exZeroDte",
        _ => "all",
    };

    public static string Of(StrikeLevel level) => char.ToLowerInvariant(level.ToString()[0]) + level.ToString()[1..];

    public static string Of(Rejection reason) => char.ToLowerInvariant(reason.ToString()[0]) + reason.ToString()[1..];

    public static string Date(int yyyymmdd) => $"{yyyymmdd / 10000:D4}-{yyyymmdd / 100 % 100:D2}-{yyyymmdd % 100:D2}";

    public static string Date(ScheduledDividend dividend) => $"{NewYorkTime.DateOf(dividend.ExNanos):yyyy-MM-dd}";

    /// <summary>USD for people: three significant decimals of bn, mn or k, with sign.</summary>
    public static string Usd(double value) => Math.Abs(value) switch
    {
        >= 1e9 => $"{value / 1e9:+0.000;-0.000} bn",
        >= 1e6 => $"{value / 1e6:+0.000;-0.000} mn",
        >= 1e3 => $"{value / 1e3:+0.000;-0.000} k",
        0 => "0",
        _ => $"{value:+0.00;-0.00}",
    };

    /// <summary>A price or strike without idle zeros.</summary>
    public static string Price(double value) => value.ToString("#,0.####");
}
