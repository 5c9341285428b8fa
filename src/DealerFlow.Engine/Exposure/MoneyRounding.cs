using System.Numerics;

namespace DealerFlow.Engine;

/// <summary>Rounding to the exact grid, half to even, several numbers at a time.</summary>
internal static class MoneyRounding
{
    /// <summary>A contribution beyond it stops publishing.</summary>
    public const double Limit = 1L << 53;

    // Adding 1.5·2^52 to a number of at most 2^51 leaves its nearest whole number, ties to even, in the low bits of the sum.
    private const double Magic = 6755399441055744.0;
    private const double MagicLimit = 1L << 51;

    /// <summary>The nearest whole numbers; lanes beyond 2^51, or not finite, are wrong and leave <paramref name="isWithin"/>.</summary>
    public static Vector<long> Round(Vector<double> units, ref Vector<long> isWithin)
    {
        isWithin &= Vector.LessThanOrEqual(Vector.Abs(units), new Vector<double>(MagicLimit));
        return Vector.AsVectorInt64(units + new Vector<double>(Magic)) - Vector.AsVectorInt64(new Vector<double>(Magic));
    }
}
