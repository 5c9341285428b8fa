using System.Numerics;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>The eight strike levels of one bucket of one book.</summary>
internal sealed class WallFinder(int strikeCapacity)
{
    private readonly long[] _size = new long[strikeCapacity];
    private readonly long[] _other = new long[strikeCapacity];

    /// <summary>Exposure or open interest per strike, what levels are looked for in.</summary>
    public readonly ref struct Book(ReadOnlySpan<double> strikes, ReadOnlySpan<long> call, ReadOnlySpan<long> put)
    {
        public readonly ReadOnlySpan<double> Strikes = strikes;
        public readonly ReadOnlySpan<long> Call = call;
        public readonly ReadOnlySpan<long> Put = put;
    }

    /// <summary>Levels of exposure: everything but the walls of open interest.</summary>
    public void FindExposure(ref LevelRows levels, Book book, double spot)
    {
        ReadOnlySpan<double> strikes = book.Strikes;
        ReadOnlySpan<long> call = book.Call, put = book.Put;
        int all = strikes.Length;
        int atOrAbove = strikes.BinarySearch(spot);
        bool isOnStrike = atOrAbove >= 0;
        if (!isOnStrike) atOrAbove = ~atOrAbove;
        int atOrBelow = isOnStrike ? atOrAbove + 1 : atOrAbove;
        Span<long> size = _size.AsSpan(0, all);

        Add(call, put, size);
        levels[(int)StrikeLevel.CallWall] = StrikeLevels.Greatest(strikes, size, 0, all, spot, out _);
        Negate(size, size);
        levels[(int)StrikeLevel.PutWall] = Signed(StrikeLevels.Greatest(strikes, size, 0, all, spot, out int index), index < 0 ? 0 : -size[index]);
        Magnitude(size, size);
        levels[(int)StrikeLevel.MaxGamma] = Signed(
            StrikeLevels.Greatest(strikes, size, 0, all, spot, out index), index < 0 ? 0 : call[index] + put[index]);
        Magnitude(call, size);
        levels[(int)StrikeLevel.CallWallOneSided] = Signed(
            StrikeLevels.Greatest(strikes, size, atOrAbove, all, spot, out index), index < 0 ? 0 : call[index]);
        Span<long> other = _other.AsSpan(0, all);
        Magnitude(put, other);
        levels[(int)StrikeLevel.PutWallOneSided] = Signed(
            StrikeLevels.Greatest(strikes, other, 0, atOrBelow, spot, out index), index < 0 ? 0 : put[index]);
        Add(size, other, size);
        levels[(int)StrikeLevel.AbsoluteGamma] = StrikeLevels.Greatest(strikes, size, 0, all, spot, out _);
    }

    /// <summary>The walls of open interest, which no position model moves.</summary>
    public static void FindOpenInterest(ref LevelRows levels, Book openInterest, double spot)
    {
        int all = openInterest.Strikes.Length;
        levels[(int)StrikeLevel.CallWallOpenInterest] = StrikeLevels.Greatest(openInterest.Strikes, openInterest.Call, 0, all, spot, out _);
        levels[(int)StrikeLevel.PutWallOpenInterest] = StrikeLevels.Greatest(openInterest.Strikes, openInterest.Put, 0, all, spot, out _);
    }

    private static LevelRow Signed(LevelRow row, long size)
    {
        row.Size = size;
        return row;
    }

    private static void Add(ReadOnlySpan<long> left, ReadOnlySpan<long> right, Span<long> sums)
    {
        int i = 0;
        for (; i <= sums.Length - Vector<long>.Count; i += Vector<long>.Count)
            (new Vector<long>(left[i..]) + new Vector<long>(right[i..])).CopyTo(sums[i..]);
        for (; i < sums.Length; i++) sums[i] = left[i] + right[i];
    }

    private static void Negate(ReadOnlySpan<long> values, Span<long> negated)
    {
        int i = 0;
        for (; i <= negated.Length - Vector<long>.Count; i += Vector<long>.Count) (-new Vector<long>(values[i..])).CopyTo(negated[i..]);
        for (; i < negated.Length; i++) negated[i] = -values[i];
    }

    private static void Magnitude(ReadOnlySpan<long> values, Span<long> magnitudes)
    {
        int i = 0;
        for (; i <= magnitudes.Length - Vector<long>.Count; i += Vector<long>.Count) Vector.Abs(new Vector<long>(values[i..])).CopyTo(magnitudes[i..]);
        for (; i < magnitudes.Length; i++) magnitudes[i] = Math.Abs(values[i]);
    }
}
