using System.Globalization;

namespace DealerFlow.Conformance;

/// <summary>
/// A small option chain in the layout that the exchange's site writes, and in what people make of it. Two expiries of nine strikes;
/// the prices are invented and obey put-call parity about <see cref="Spot"/>.
/// </summary>
internal sealed record ChainText
{
    public const double Spot = 4697.5;
    public const string ColumnsLine = "Expiration Date,Calls," + HalfWithGreeks + ",Strike,Puts," + HalfWithGreeks;
    private const string HalfWithGreeks = "Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest";
    private const string HalfWithout = "Last Sale,Net,Bid,Ask,Volume,Open Interest";
    private static readonly DateOnly[] Expiries = [new(2024, 1, 4), new(2024, 1, 19)];

    /// <summary>The line about the underlying, without its line end.</summary>
    public string NameLine { get; init; } = "S&P 500 INDEX,Last: 4697.5,Change:  8.5602";

    /// <summary>The line with the date.</summary>
    public string DateLine { get; init; } = "\"Date: January 4, 2024 at 10:52 AM EST\",Bid: 4696.5,Ask: 4698.5,Size: 1*1,\"Volume: 1,234,567\"";

    /// <summary>22 columns with the exchange's Greeks, or 16 without.</summary>
    public bool HasGreeks { get; init; } = true;

    /// <summary>Roots of the contracts.</summary>
    public string Root { get; init; } = "SPXW";

    /// <summary>What ends a line.</summary>
    public string LineEnd { get; init; } = "\n";

    /// <summary>Whether anybody bids and offers.</summary>
    public bool HasQuotes { get; init; } = true;

    /// <summary>Put between the rows; the first of them is line 5.</summary>
    public string[] MoreRows { get; init; } = [];

    /// <summary>Expected nodes: expiries times strikes.</summary>
    public const int Nodes = 18;

    /// <summary>10:52 in New York on the day of the first expiry.</summary>
    public const string AsOf = "2024-01-04T15:52:00.000000000Z";

    public override string ToString()
    {
        string half = HasGreeks ? HalfWithGreeks : HalfWithout;
        string[] lines = ["", NameLine, DateLine, $"Expiration Date,Calls,{half},Strike,Puts,{half}", .. MoreRows, .. Expiries.SelectMany(Rows)];
        return string.Concat(lines.Select(line => line + LineEnd));
    }

    /// <summary>One row as the site writes it.</summary>
    public string Row(DateOnly expiry, int strike)
    {
        string symbol = $"{expiry:yyMMdd}{{0}}{strike:D5}000";
        return string.Create(CultureInfo.InvariantCulture,
            $"{expiry:ddd MMM dd yyyy},{Root}{string.Format(CultureInfo.InvariantCulture, symbol, 'C')},{Half(expiry, strike, isCall: true)},{strike}.00,"
            + $"{Root}{string.Format(CultureInfo.InvariantCulture, symbol, 'P')},{Half(expiry, strike, isCall: false)}");
    }

    private IEnumerable<string> Rows(DateOnly expiry) => Enumerable.Range(0, Nodes / Expiries.Length).Select(i => Row(expiry, 4660 + (10 * i)));

    private string Half(DateOnly expiry, int strike, bool isCall)
    {
        double days = Math.Max(0.2, expiry.DayNumber - new DateOnly(2024, 1, 4).DayNumber);
        double deviation = Spot * 0.13 * Math.Sqrt(days / 365), away = (strike - Spot) / deviation;
        double price = Math.Max(0, isCall ? Spot - strike : strike - Spot) + (0.4 * deviation * Math.Exp(-0.5 * away * away));
        double bid = Math.Round(price - 0.1, 1), ask = bid + 0.2;
        string quote = HasQuotes ? string.Create(CultureInfo.InvariantCulture, $"{bid:0.0},{ask:0.0}") : "0,0";
        string greeks = HasGreeks ? ",0.13,0.5,0.001" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{price:0.00},-1.1,{quote},12{greeks},{100 + (strike % 70 * 3) + (isCall ? 5 : 0)}");
    }
}
