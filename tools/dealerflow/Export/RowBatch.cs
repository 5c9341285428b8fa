using DealerFlow.Wire;

namespace DealerFlow.Cli.Export;

/// <summary>Ticks as columns, a batch at a time.</summary>
internal sealed class RowBatch(TickSymbols symbols)
{
    /// <summary>Rows of a batch: a row group of Parquet, a record batch of Arrow.</summary>
    public const int Capacity = 131_072;

    public readonly long[] Nanos = new long[Capacity];
    public readonly string[] Kind = new string[Capacity];
    public readonly string[] Symbol = new string[Capacity];
    public readonly double[] Bid = new double[Capacity];
    public readonly double[] Ask = new double[Capacity];
    public readonly int[] BidSize = new int[Capacity];
    public readonly int[] AskSize = new int[Capacity];
    public readonly double[] Price = new double[Capacity];
    public readonly long[] Size = new long[Capacity];
    public readonly int[] Venue = new int[Capacity];
    public readonly int[] Flags = new int[Capacity];
    public readonly long[] ReceiveDelayNanos = new long[Capacity];

    private static readonly string[] Kinds = [.. Enumerable.Range(0, 128).Select(c => ((char)c).ToString())];

    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    public void Add(in Tick tick)
    {
        TickRow row = TickRow.Of(in tick, symbols);
        int i = Count++;
        Nanos[i] = row.Nanos;
        Kind[i] = Kinds[row.Kind];
        Symbol[i] = row.Symbol;
        (Bid[i], Ask[i], Price[i]) = (row.Scaled(row.Bid), row.Scaled(row.Ask), row.Scaled(row.Price));
        (BidSize[i], AskSize[i], Size[i]) = (row.BidSize, row.AskSize, row.Size);
        (Venue[i], Flags[i], ReceiveDelayNanos[i]) = (row.Venue, row.Flags, row.ReceiveDelayNanos);
    }

    public void Clear() => Count = 0;
}
