using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>One double: the reference that every other width must match bit for bit.</summary>
public readonly struct F64x1 : ILanes<F64x1>
{
    private const long MaskBits = -1;

    private readonly double _lane;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F64x1(double lane) => _lane = lane;

    /// <summary>The lane as a number.</summary>
    public double Value => _lane;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Load(ref readonly double source, nuint index) => new(Unsafe.Add(ref Unsafe.AsRef(in source), index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(F64x1 value, ref double target, nuint index) => Unsafe.Add(ref target, index) = value._lane;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Broadcast(double value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 operator +(F64x1 left, F64x1 right) => new(left._lane + right._lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 operator -(F64x1 left, F64x1 right) => new(left._lane - right._lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 operator *(F64x1 left, F64x1 right) => new(left._lane * right._lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 operator /(F64x1 left, F64x1 right) => new(left._lane / right._lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 operator -(F64x1 value) => new(-value._lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 MultiplyAdd(F64x1 a, F64x1 b, F64x1 c) => new(Math.FusedMultiplyAdd(a._lane, b._lane, c._lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 NegatedMultiplyAdd(F64x1 a, F64x1 b, F64x1 c) => new(Math.FusedMultiplyAdd(-a._lane, b._lane, c._lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Sqrt(F64x1 value) => new(Math.Sqrt(value._lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Abs(F64x1 value) => new(Math.Abs(value._lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Min(F64x1 left, F64x1 right) => left._lane < right._lane ? left : right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Max(F64x1 left, F64x1 right) => left._lane > right._lane ? left : right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Round(F64x1 value) => new(Math.Round(value._lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 LessThan(F64x1 left, F64x1 right) => Mask(left._lane < right._lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 LessThanOrEqual(F64x1 left, F64x1 right) => Mask(left._lane <= right._lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Equal(F64x1 left, F64x1 right) => Mask(left._lane == right._lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 And(F64x1 left, F64x1 right) => Mask(All(left) && All(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Or(F64x1 left, F64x1 right) => Mask(All(left) || All(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 Select(F64x1 mask, F64x1 whenSet, F64x1 otherwise) => All(mask) ? whenSet : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(F64x1 mask) => BitConverter.DoubleToInt64Bits(mask._lane) == MaskBits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x1 ScaleByPowerOfTwo(F64x1 value, F64x1 exponent)
    {
        // Two factors, because one power of two cannot hold the exponent of a subnormal; the first product is exact.
        double first = Math.Round(exponent._lane * 0.5);
        return new(value._lane * PowerOfTwo(first) * PowerOfTwo(exponent._lane - first));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Split(F64x1 value, out F64x1 mantissa, out F64x1 exponent)
    {
        long bits = BitConverter.DoubleToInt64Bits(value._lane);
        long shifted = (bits - DoubleBits.SqrtHalf + DoubleBits.ExponentOffset) >>> DoubleBits.FractionBits;
        mantissa = new(BitConverter.Int64BitsToDouble(bits - (shifted << DoubleBits.FractionBits) + DoubleBits.ExponentOffset));
        exponent = new(BitConverter.Int64BitsToDouble(shifted + DoubleBits.TwoTo52) - DoubleBits.TwoTo52Plus1024);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F64x1 Mask(bool set) => new(BitConverter.Int64BitsToDouble(set ? MaskBits : 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double PowerOfTwo(double exponent) =>
        BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(exponent + DoubleBits.TwoTo52Plus1023) << DoubleBits.FractionBits);
}
