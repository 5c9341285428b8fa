using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DealerFlow.Kernels;

/// <summary>Four doubles in a 256-bit register.</summary>
public readonly struct F64x4 : ILanes<F64x4>
{
    private readonly Vector256<double> _lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private F64x4(Vector256<double> lanes) => _lanes = lanes;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Load(ref readonly double source, nuint index) => new(Vector256.LoadUnsafe(in source, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(F64x4 value, ref double target, nuint index) => value._lanes.StoreUnsafe(ref target, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Broadcast(double value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 operator +(F64x4 left, F64x4 right) => new(left._lanes + right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 operator -(F64x4 left, F64x4 right) => new(left._lanes - right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 operator *(F64x4 left, F64x4 right) => new(left._lanes * right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 operator /(F64x4 left, F64x4 right) => new(left._lanes / right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 operator -(F64x4 value) => new(-value._lanes);

    // Vector256.MultiplyAddEstimate may round twice; this one never does.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 MultiplyAdd(F64x4 a, F64x4 b, F64x4 c) => new(Vector256.FusedMultiplyAdd(a._lanes, b._lanes, c._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 NegatedMultiplyAdd(F64x4 a, F64x4 b, F64x4 c) => new(Vector256.FusedMultiplyAdd(-a._lanes, b._lanes, c._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Sqrt(F64x4 value) => new(Vector256.Sqrt(value._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Abs(F64x4 value) => new(Vector256.Abs(value._lanes));

    // The x86 instruction is exactly "left < right ? left : right"; Arm's treats NaN and signed zeros another way.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Min(F64x4 left, F64x4 right) => new(X86Base.IsSupported
        ? Vector256.MinNative(left._lanes, right._lanes)
        : Vector256.ConditionalSelect(Vector256.LessThan(left._lanes, right._lanes), left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Max(F64x4 left, F64x4 right) => new(X86Base.IsSupported
        ? Vector256.MaxNative(left._lanes, right._lanes)
        : Vector256.ConditionalSelect(Vector256.GreaterThan(left._lanes, right._lanes), left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Round(F64x4 value) => new(Vector256.Round(value._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 LessThan(F64x4 left, F64x4 right) => new(Vector256.LessThan(left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 LessThanOrEqual(F64x4 left, F64x4 right) => new(Vector256.LessThanOrEqual(left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Equal(F64x4 left, F64x4 right) => new(Vector256.Equals(left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 And(F64x4 left, F64x4 right) => new(left._lanes & right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Or(F64x4 left, F64x4 right) => new(left._lanes | right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Select(F64x4 mask, F64x4 whenSet, F64x4 otherwise) =>
        new(Vector256.ConditionalSelect(mask._lanes, whenSet._lanes, otherwise._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(F64x4 mask) => Vector256.EqualsAll(mask._lanes.AsInt64(), Vector256<long>.AllBitsSet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 ScaleByPowerOfTwo(F64x4 value, F64x4 exponent)
    {
        if (Avx512F.VL.IsSupported) return new(Avx512F.VL.Scale(value._lanes, exponent._lanes));
        // Two factors, because one power of two cannot hold the exponent of a subnormal; the first product is exact.
        Vector256<double> first = Vector256.Round(exponent._lanes * 0.5);
        return new(value._lanes * PowerOfTwo(first) * PowerOfTwo(exponent._lanes - first));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Split(F64x4 value, out F64x4 mantissa, out F64x4 exponent)
    {
        Vector256<long> bits = value._lanes.AsInt64();
        Vector256<long> offset = Vector256.Create(DoubleBits.ExponentOffset);
        Vector256<long> shifted = Vector256.ShiftRightLogical(bits - Vector256.Create(DoubleBits.SqrtHalf) + offset, DoubleBits.FractionBits);
        mantissa = new((bits - Vector256.ShiftLeft(shifted, DoubleBits.FractionBits) + offset).AsDouble());
        exponent = new((shifted + Vector256.Create(DoubleBits.TwoTo52)).AsDouble() - Vector256.Create(DoubleBits.TwoTo52Plus1024));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> PowerOfTwo(Vector256<double> exponent) =>
        Vector256.ShiftLeft((exponent + Vector256.Create(DoubleBits.TwoTo52Plus1023)).AsInt64(), DoubleBits.FractionBits).AsDouble();
}
