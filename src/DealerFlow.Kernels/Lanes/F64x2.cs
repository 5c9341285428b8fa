using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DealerFlow.Kernels;

/// <summary>Two doubles in a 128-bit register.</summary>
public readonly struct F64x2 : ILanes<F64x2>
{
    private readonly Vector128<double> _lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private F64x2(Vector128<double> lanes) => _lanes = lanes;

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Load(ref readonly double source, nuint index) => new(Vector128.LoadUnsafe(in source, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(F64x2 value, ref double target, nuint index) => value._lanes.StoreUnsafe(ref target, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Broadcast(double value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 operator +(F64x2 left, F64x2 right) => new(left._lanes + right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 operator -(F64x2 left, F64x2 right) => new(left._lanes - right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 operator *(F64x2 left, F64x2 right) => new(left._lanes * right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 operator /(F64x2 left, F64x2 right) => new(left._lanes / right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 operator -(F64x2 value) => new(-value._lanes);

    // Vector128.MultiplyAddEstimate may round twice; this one never does.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 MultiplyAdd(F64x2 a, F64x2 b, F64x2 c) => new(Vector128.FusedMultiplyAdd(a._lanes, b._lanes, c._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 NegatedMultiplyAdd(F64x2 a, F64x2 b, F64x2 c) => new(Vector128.FusedMultiplyAdd(-a._lanes, b._lanes, c._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Sqrt(F64x2 value) => new(Vector128.Sqrt(value._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Abs(F64x2 value) => new(Vector128.Abs(value._lanes));

    // The x86 instruction is exactly "left < right ? left : right"; Arm's treats NaN and signed zeros another way.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Min(F64x2 left, F64x2 right) => new(X86Base.IsSupported
        ? Vector128.MinNative(left._lanes, right._lanes)
        : Vector128.ConditionalSelect(Vector128.LessThan(left._lanes, right._lanes), left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Max(F64x2 left, F64x2 right) => new(X86Base.IsSupported
        ? Vector128.MaxNative(left._lanes, right._lanes)
        : Vector128.ConditionalSelect(Vector128.GreaterThan(left._lanes, right._lanes), left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Round(F64x2 value) => new(Vector128.Round(value._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 LessThan(F64x2 left, F64x2 right) => new(Vector128.LessThan(left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 LessThanOrEqual(F64x2 left, F64x2 right) => new(Vector128.LessThanOrEqual(left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Equal(F64x2 left, F64x2 right) => new(Vector128.Equals(left._lanes, right._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 And(F64x2 left, F64x2 right) => new(left._lanes & right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Or(F64x2 left, F64x2 right) => new(left._lanes | right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Select(F64x2 mask, F64x2 whenSet, F64x2 otherwise) =>
        new(Vector128.ConditionalSelect(mask._lanes, whenSet._lanes, otherwise._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(F64x2 mask) => Vector128.EqualsAll(mask._lanes.AsInt64(), Vector128<long>.AllBitsSet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 ScaleByPowerOfTwo(F64x2 value, F64x2 exponent)
    {
        if (Avx512F.VL.IsSupported) return new(Avx512F.VL.Scale(value._lanes, exponent._lanes));
        // Two factors, because one power of two cannot hold the exponent of a subnormal; the first product is exact.
        Vector128<double> first = Vector128.Round(exponent._lanes * 0.5);
        return new(value._lanes * PowerOfTwo(first) * PowerOfTwo(exponent._lanes - first));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Split(F64x2 value, out F64x2 mantissa, out F64x2 exponent)
    {
        Vector128<long> bits = value._lanes.AsInt64();
        Vector128<long> offset = Vector128.Create(DoubleBits.ExponentOffset);
        Vector128<long> shifted = Vector128.ShiftRightLogical(bits - Vector128.Create(DoubleBits.SqrtHalf) + offset, DoubleBits.FractionBits);
        mantissa = new((bits - Vector128.ShiftLeft(shifted, DoubleBits.FractionBits) + offset).AsDouble());
        exponent = new((shifted + Vector128.Create(DoubleBits.TwoTo52)).AsDouble() - Vector128.Create(DoubleBits.TwoTo52Plus1024));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> PowerOfTwo(Vector128<double> exponent) =>
        Vector128.ShiftLeft((exponent + Vector128.Create(DoubleBits.TwoTo52Plus1023)).AsInt64(), DoubleBits.FractionBits).AsDouble();
}
