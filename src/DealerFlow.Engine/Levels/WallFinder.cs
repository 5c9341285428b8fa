using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>The eight strike levels of one bucket of one book.</summary>
internal sealed class WallFinder(int strikeCapacity)
{
    private readonly long[] _size = new long[strikeCapacity];

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

        for (int i = 0; i < all; i++) size[i] = call[i] + put[i];
        levels[(int)StrikeLevel.CallWall] = StrikeLevels.Greatest(strikes, size, 0, all, spot, out _);
        for (int i = 0; i < all; i++) size[i] = -size[i];
        levels[(int)StrikeLevel.PutWall] = Signed(StrikeLevels.Greatest(strikes, size, 0, all, spot, out int index), index < 0 ? 0 : -size[index]);
        for (int i = 0; i < all; i++) size[i] = Math.Abs(size[i]);
        levels[(int)StrikeLevel.MaxGamma] = Signed(
            StrikeLevels.Greatest(strikes, size, 0, all, spot, out index), index < 0 ? 0 : call[index] + put[index]);
        for (int i = 0; i < all; i++) size[i] = Math.Abs(call[i]) + Math.Abs(put[i]);
        levels[(int)StrikeLevel.AbsoluteGamma] = StrikeLevels.Greatest(strikes, size, 0, all, spot, out _);
        for (int i = atOrAbove; i < all; i++) size[i] = Math.Abs(call[i]);
        levels[(int)StrikeLevel.CallWallOneSided] = Signed(
            StrikeLevels.Greatest(strikes, size, atOrAbove, all, spot, out index), index < 0 ? 0 : call[index]);
        for (int i = 0; i < atOrBelow; i++) size[i] = Math.Abs(put[i]);
        levels[(int)StrikeLevel.PutWallOneSided] = Signed(
            StrikeLevels.Greatest(strikes, size, 0, atOrBelow, spot, out index), index < 0 ? 0 : put[index]);
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
}
