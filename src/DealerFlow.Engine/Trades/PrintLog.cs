using System.Numerics;

namespace DealerFlow.Engine;

/// <summary>One print of the session, as much as a cancel needs to take it back.</summary>
internal struct Print
{
    /// <summary>Whose.</summary>
    public uint InstrumentId;

    /// <summary>In the instrument's price scale.</summary>
    public int Price;

    /// <summary>Contracts.</summary>
    public uint Quantity;

    /// <summary>+1 bought, −1 sold, 0 unclassified.</summary>
    public sbyte Side;

    /// <summary>The <see cref="Wire.TradeBucket"/> that it was counted in.</summary>
    public byte Bucket;

    /// <summary>Whether a later trade at the middle may be compared with it.</summary>
    public bool IsInOrder;

    /// <summary>It was taken back.</summary>
    public bool IsCancelled;

    /// <summary>Its flow was added to the sums.</summary>
    public bool HasFlow;

    /// <summary>Its side was told, but no delta was known when its flow was asked for.</summary>
    public bool IsUnpriced;

    /// <summary>Hedging flow, 1/1024 USD.</summary>
    public long Flow;

    /// <summary>Number of the print before it of the same contract; 0 = none.</summary>
    public long Previous;
}

/// <summary>The last prints of one underlying, numbered from 1, chained per contract. Bounded: the oldest make room.</summary>
internal sealed class PrintLog
{
    // A hostile stream of cancels may not walk for ever.
    private const int MostSteps = 4096;

    private readonly Print[] _prints;

    public PrintLog(int capacity) => _prints = new Print[BitOperations.RoundUpToPowerOf2((uint)capacity)];

    /// <summary>Number of the latest print; 0 before any.</summary>
    public long Last { get; private set; }

    public int Capacity => _prints.Length;

    public ref Print this[long number] => ref _prints[(int)(number & (_prints.Length - 1))];

    /// <summary>Adds a print and returns its number.</summary>
    public long Add(in Print print)
    {
        this[++Last] = print;
        return Last;
    }

    /// <summary>The latest print of a contract that a cancel speaks of; 0 when it is not there any more.</summary>
    public long Find(long latest, uint instrumentId, int price, uint quantity)
    {
        long number = latest;
        for (int step = 0; step < MostSteps && IsHeld(number); step++)
        {
            ref readonly Print print = ref this[number];
            if (!print.IsCancelled && print.InstrumentId == instrumentId && print.Price == price && print.Quantity == quantity) return number;
            number = print.Previous;
        }
        return 0;
    }

    /// <summary>What the tick test compares with once a print is gone: the latest price, and the latest other one.</summary>
    public (int Last, int Prior) LastPrices(long latest)
    {
        int last = 0;
        long number = latest;
        for (int step = 0; step < MostSteps && IsHeld(number); step++)
        {
            ref readonly Print print = ref this[number];
            if (!print.IsCancelled && print.IsInOrder)
            {
                if (last == 0) last = print.Price;
                else if (print.Price != last) return (last, print.Price);
            }
            number = print.Previous;
        }
        return (last, 0);
    }

    private bool IsHeld(long number) => number > 0 && number > Last - _prints.Length;
}
