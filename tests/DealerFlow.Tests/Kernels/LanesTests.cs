using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

public class LanesTests
{
    [Fact]
    public void A_register_is_as_wide_as_its_name()
    {
        Assert.Equal((1, 8), (F64x1.Count, Unsafe.SizeOf<F64x1>()));
        Assert.Equal((2, 16), (F64x2.Count, Unsafe.SizeOf<F64x2>()));
        Assert.Equal((4, 32), (F64x4.Count, Unsafe.SizeOf<F64x4>()));
        Assert.Equal((8, 64), (F64x8.Count, Unsafe.SizeOf<F64x8>()));
    }

    [Fact]
    public void Every_operation_is_the_same_bits_at_every_width()
    {
        double[] a = NodeRows.AnyDoubles(100_000, seed: 21), b = NodeRows.AnyDoubles(100_000, seed: 22), c = NodeRows.AnyDoubles(100_000, seed: 23);
        double[][] reference = Operations<F64x1>(a, b, c);
        double[][][] wider = [Operations<F64x2>(a, b, c), Operations<F64x4>(a, b, c), Operations<F64x8>(a, b, c)];
        foreach (double[][] results in wider)
            for (int operation = 0; operation < results.Length; operation++)
                SameBits.Assert<double>(reference[operation], results[operation], $"operation {operation}");
    }

    [Fact]
    public void Multiply_add_rounds_once_at_every_width()
    {
        // (1 + 2^-30)² = 1 + 2^-29 + 2^-60: the last bit survives only a fused operation.
        double x = 1 + Math.ScaleB(1, -30), expected = Math.ScaleB(1, -60);
        double minusHead = -(1 + Math.ScaleB(1, -29));
        Check<F64x1>();
        Check<F64x2>();
        Check<F64x4>();
        Check<F64x8>();

        void Check<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            Span<double> result = stackalloc double[8];
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Broadcast(x), TLanes.Broadcast(x), TLanes.Broadcast(minusHead)), ref result[0], 0);
            Assert.Equal(expected, result[0]);
            TLanes.Store(TLanes.NegatedMultiplyAdd(TLanes.Broadcast(x), TLanes.Broadcast(x), TLanes.Broadcast(-minusHead)), ref result[0], 0);
            Assert.Equal(-expected, result[TLanes.Count - 1]);
        }
    }

    [Fact]
    public void Split_and_scale_are_exact_inverses()
    {
        var random = new Random(24);
        for (int i = 0; i < 100_000; i++)
        {
            double x = BitConverter.Int64BitsToDouble(random.NextInt64(0x0010000000000000, 0x7FF0000000000000));
            F64x1.Split(new F64x1(x), out F64x1 mantissa, out F64x1 exponent);
            Assert.InRange(mantissa.Value, Math.Sqrt(0.5), Math.Sqrt(2));
            Assert.Equal(x, Math.ScaleB(mantissa.Value, (int)exponent.Value));
            Assert.Equal(x, F64x1.ScaleByPowerOfTwo(mantissa, exponent).Value);
        }
    }

    // NaNs made from two NaNs keep a payload that the instruction's operand order decides: compared as one NaN.
    private static double[][] Operations<TLanes>(double[] a, double[] b, double[] c) where TLanes : unmanaged, ILanes<TLanes>
    {
        double[][] results = [.. Enumerable.Range(0, 19).Select(_ => new double[a.Length])];
        TLanes nan = TLanes.Broadcast(double.NaN);
        for (nuint i = 0; i < (nuint)a.Length; i += (nuint)TLanes.Count)
        {
            TLanes x = TLanes.Load(in a[0], i), y = TLanes.Load(in b[0], i), z = TLanes.Load(in c[0], i);
            TLanes less = TLanes.LessThan(x, y), lessOrEqual = TLanes.LessThanOrEqual(y, z), equal = TLanes.Equal(x, x);
            TLanes[] operations =
            [
                x + y, x - y, x * y, x / y, -x, TLanes.MultiplyAdd(x, y, z), TLanes.NegatedMultiplyAdd(x, y, z), TLanes.Sqrt(x),
                TLanes.Abs(x), TLanes.Min(x, y), TLanes.Max(x, y), TLanes.Round(x), TLanes.Select(less, x, y),
                TLanes.Select(lessOrEqual, x, y), TLanes.Select(equal, x, y), TLanes.Select(TLanes.And(less, equal), x, z),
                TLanes.Select(TLanes.Or(less, lessOrEqual), x, z), Scaled(x, y, exponent: true), Scaled(x, y, exponent: false),
            ];
            for (int operation = 0; operation < operations.Length; operation++)
            {
                TLanes result = operations[operation];
                TLanes.Store(TLanes.Select(TLanes.Equal(result, result), result, nan), ref results[operation][0], i);
            }
        }
        return results;
    }

    private static TLanes Scaled<TLanes>(TLanes x, TLanes y, bool exponent) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes isNormal = TLanes.And(
            TLanes.LessThan(TLanes.Broadcast(2.3e-308), TLanes.Abs(x)), TLanes.LessThan(TLanes.Abs(x), TLanes.Broadcast(double.PositiveInfinity)));
        TLanes.Split(TLanes.Select(isNormal, TLanes.Abs(x), TLanes.Broadcast(3)), out TLanes mantissa, out TLanes power);
        if (exponent) return power;
        TLanes n = TLanes.Round(TLanes.Min(TLanes.Max(y, TLanes.Broadcast(-1080)), TLanes.Broadcast(1025)));
        return TLanes.ScaleByPowerOfTwo(mantissa, n);
    }
}
