using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>One contract of a chain, as the file has it: terms from its symbol, prices in currency per share or index unit.</summary>
/// <param name="Symbol">Compact OSI symbol.</param>
/// <param name="Root">Option root: <c>SPXW</c>.</param>
/// <param name="Expiry">Expiry date in New York.</param>
/// <param name="Settlement">Morning or afternoon, by the root.</param>
/// <param name="SettlementNanos">Settlement instant, UTC nanoseconds since the Unix epoch.</param>
/// <param name="Right">Call or put.</param>
/// <param name="StrikeMills">Strike in thousandths of the currency.</param>
/// <param name="Multiplier">Shares or index units per contract.</param>
/// <param name="Exercise">European or American, by the root.</param>
/// <param name="IsAdjusted">The deliverable is not the multiplier's worth of shares: enters no exposure sum.</param>
/// <param name="Bid">Bid; 0 = none.</param>
/// <param name="Ask">Ask; 0 = none.</param>
/// <param name="Last">Last sale; 0 = none.</param>
/// <param name="Volume">Contracts traded in the session.</param>
/// <param name="OpenInterest">Contracts open at the end of the previous session.</param>
/// <param name="ExchangeIv">The exchange's implied volatility, per √year (0.1749 = 17.49 %); null when it has none or prints 0.</param>
/// <param name="ExchangeDelta">The exchange's delta; null when the file has no such column.</param>
/// <param name="ExchangeGamma">
/// The exchange's gamma per unit of the underlying, printed to four decimals, so 0 on most strikes of a large index; null when the
/// file has no such column.
/// </param>
/// <param name="Line">Line of the file, counted from 1.</param>
public readonly record struct ChainContract(
    string Symbol,
    string Root,
    DateOnly Expiry,
    SettlementStyle Settlement,
    long SettlementNanos,
    OptionRight Right,
    long StrikeMills,
    uint Multiplier,
    ExerciseStyle Exercise,
    bool IsAdjusted,
    double Bid,
    double Ask,
    double Last,
    long Volume,
    uint OpenInterest,
    double? ExchangeIv,
    double? ExchangeDelta,
    double? ExchangeGamma,
    int Line)
{
    /// <summary>Strike in currency.</summary>
    public double Strike => StrikeMills / 1000.0;
}
