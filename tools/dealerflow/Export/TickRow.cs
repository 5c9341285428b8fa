using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Export;

/// <summary>
/// One tick as a row: <c>ts_ns,kind,symbol,bid,ask,bid_size,ask_size,price,size,venue,flags,receive_delay_ns</c>. Kind Q is a national best quote, V a
/// venue's, T a trade, S a price of the underlying, O open interest, G a gap, H a halt, R its end, D a quarter of a definition, X a kind
/// that nobody knows. Prices are in the currency; 0 = none.
/// </summary>
internal readonly record struct TickRow(
    long Nanos, char Kind, string Symbol, int Decimals, int Bid, int Ask, int BidSize, int AskSize, int Price, long Size, int Venue, int Flags, long ReceiveDelayNanos)
{
    /// <summary>Names of the columns.</summary>
    public static readonly string[] Columns =
        ["ts_ns", "kind", "symbol", "bid", "ask", "bid_size", "ask_size", "price", "size", "venue", "flags", "receive_delay_ns"];

    private static readonly double[] PowersOfTen = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    /// <summary>A price of this row, in the currency: the double nearest to the decimal number.</summary>
    public double Scaled(int price) => price / PowersOfTen[Decimals];

    /// <summary>The row of a tick.</summary>
    public static TickRow Of(in Tick tick, TickSymbols symbols)
    {
        (string symbol, int decimals) = symbols.Of(in tick);
        char kind = tick.Kind switch
        {
            TickKind.Quote => (tick.Flags & TickFlags.NationalBest) != 0 ? 'Q' : 'V',
            TickKind.Trade => 'T',
            TickKind.Spot => 'S',
            TickKind.OpenInterest => 'O',
            TickKind.Definition => 'D',
            TickKind.Gap => 'G',
            TickKind.Status => (tick.Flags & TickFlags.Halted) != 0 ? 'H' : 'R',
            _ => 'X',
        };
        bool isQuote = tick.Kind == TickKind.Quote, isTrade = tick.Kind == TickKind.Trade;
        return new TickRow(
            tick.EventTimeNanos, kind, symbol, decimals, isQuote ? tick.Bid : 0, isQuote ? tick.Ask : 0, isQuote ? tick.BidSize : 0, isQuote ? tick.AskSize : 0,
            isTrade || tick.Kind == TickKind.Spot ? tick.Price : 0, isTrade || tick.Kind == TickKind.OpenInterest ? tick.Quantity : 0, tick.Venue, (int)tick.Flags,
            tick.ReceiveDelayNanos);
    }
}

/// <summary>Symbols and price scales of the ids of a tape, those that are defined on the way included.</summary>
internal sealed class TickSymbols
{
    private const int MaxDecimals = 9;

    private readonly Dictionary<uint, (string Symbol, int Decimals)> _known = [];
    private InstrumentDefinition _open;

    public TickSymbols(ReadOnlySpan<InstrumentDefinition> definitions)
    {
        foreach (ref readonly InstrumentDefinition definition in definitions) Add(in definition);
    }

    /// <summary>The symbol and the decimals of a tick's prices; <c>#id</c> where nothing defines it.</summary>
    public (string Symbol, int Decimals) Of(in Tick tick)
    {
        if (tick.Kind == TickKind.Definition && DefinitionTicks.TryRead(in tick, ref _open) && tick.Venue == DefinitionTicks.Count - 1) Add(in _open);
        if (_known.TryGetValue(tick.InstrumentId, out (string Symbol, int Decimals) known)) return known;
        return _known[tick.InstrumentId] = ($"#{tick.InstrumentId}", 0);
    }

    private void Add(in InstrumentDefinition definition) =>
        _known[definition.InstrumentId] = (SymbolOf(in definition), Math.Min((int)definition.PriceDecimals, MaxDecimals));

    private static string SymbolOf(in InstrumentDefinition definition)
    {
        string root = definition.Root.ToString();
        if (definition.Kind == InstrumentKind.Underlying) return root;
        (int year, int rest) = Math.DivRem(definition.ExpiryDate, 10_000);
        (int month, int day) = Math.DivRem(rest, 100);
        try
        {
            return OsiSymbol.Format(new OsiContract(root, new DateOnly(year, month, day), (OptionRight)(char)definition.Kind, definition.StrikeMills));
        }
        catch (ArgumentException)
        {
            // No OSI symbol can name it: a longer root, another kind, a date that is none.
            return $"#{definition.InstrumentId}";
        }
    }
}
