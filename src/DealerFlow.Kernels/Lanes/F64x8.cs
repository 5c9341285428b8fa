using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DealerFlow.Kernels;

/// <summary>Eight doubles in a 512-bit register.</summary>
public readonly struct F64x8 : ILanes<F64x8>
{
    private readonly Vector512<double> _lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private F64x8(Vector512<double> lanes) => _lanes = lanes;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Load(ref readonly double source, nuint index) => new(Vector512.LoadUnsafe(in source, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(F64x8 value, ref double target, nuint index) => value._lanes.StoreUnsafe(ref target, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Broadcast(double value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 operator +(F64x8 left, F64x8 right) => new(left._lanes + right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 operator -(F64x8 left, F64x8 right) => new(left._lanes - right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 operator *(F64x8 left, F64x8 right) => new(left._lanes * right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 operator /(F64x8 left, F64x8 right) => new(left._lanes / right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 operator -(F64x8 value) => new(-value._lanes);

    // Vector512.MultiplyAddEstimate may round twice; this one never does.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 MultiplyAdd(F64x8 a, F64x8 b, F64x8 c) => new(Vector512.FusedMultiplyAdd(a._lanes, b._lanes, c._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 NegatedMultiplyAdd(F64x8 a, F64x8 b, F64x8 c) => new(Vector512.FusedMultiplyAdd(-a._lanes, b._lanes, c._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Sqrt(F64x8 value) => new(Vector512.Sqrt(value._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Abs(F64x8 value) => new(Vector512.Abs(value._lanes));

    // The x86 instruction is exactly "left < right ? left : right"; Arm's treats NaN and signed zeros another way.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Min(F64x8 left, F64x8 right) => new(X86Base.IsSupported
        ? Vector512.MinNative(left._lanes, right._lanes)
        : Vector512.ConditionalSelect(Vector512.LessThan(left._lanes, right._lanes), left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Max(F64x8 left, F64x8 right) => new(X86Base.IsSupported
        ? Vector512.MaxNative(left._lanes, right._lanes)
        : Vector512.ConditionalSelect(Vector512.GreaterThan(left._lanes, right._lanes), left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Round(F64x8 value) => new(Vector512.Round(value._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 LessThan(F64x8 left, F64x8 right) => new(Vector512.LessThan(left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 LessThanOrEqual(F64x8 left, F64x8 right) => new(Vector512.LessThanOrEqual(left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Equal(F64x8 left, F64x8 right) => new(Vector512.Equals(left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 And(F64x8 left, F64x8 right) => new(left._lanes & right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Or(F64x8 left, F64x8 right) => new(left._lanes | right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Select(F64x8 mask, F64x8 whenSet, F64x8 otherwise) =>
        new(Vector512.ConditionalSelect(mask._lanes, whenSet._lanes, otherwise._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(F64x8 mask) => Vector512.EqualsAll(mask._lanes.AsInt64(), Vector512<long>.AllBitsSet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 ScaleByPowerOfTwo(F64x8 value, F64x8 exponent)
    {
        if (Avx512F.IsSupported) return new(Avx512F.Scale(value._lanes, exponent._lanes));
        // Two factors, because one power of two cannot hold the exponent of a subnormal; the first product is exact.
        Vector512<double> first = Vector512.Round(exponent._lanes * 0.5);
        return new(value._lanes * PowerOfTwo(first) * PowerOfTwo(exponent._lanes - first));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Split(F64x8 value, out F64x8 mantissa, out F64x8 exponent)
    {
        Vector512<long> bits = value._lanes.AsInt64();
        Vector512<long> offset = Vector512.Create(DoubleBits.ExponentOffset);
        Vector512<long> shifted = Vector512.ShiftRightLogical(bits - Vector512.Create(DoubleBits.SqrtHalf) + offset, DoubleBits.FractionBits);
        mantissa = new((bits - Vector512.ShiftLeft(shifted, DoubleBits.FractionBits) + offset).AsDouble());
        exponent = new((shifted + Vector512.Create(DoubleBits.TwoTo52)).AsDouble() - Vector512.Create(DoubleBits.TwoTo52Plus1024));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> PowerOfTwo(Vector512<double> exponent) =>
        Vector512.ShiftLeft((exponent + Vector512.Create(DoubleBits.TwoTo52Plus1023)).AsInt64(), DoubleBits.FractionBits).AsDouble();
}
