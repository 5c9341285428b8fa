using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Kernels;

/// <summary>Black (1976) on independent rows: from a price to volatility and all Greeks, and from a total deviation to a price.</summary>
public static class Black76
{
    private const int BlockRows = 64;
    private const double LargestAttainableError = 1e-6;
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Inverts and differentiates every row.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="rows">Columns of shape [n], n a multiple of 8.</param>
    /// <param name="results">Columns of shape [n].</param>
    /// <remarks>
    /// An in-the-money row is solved through its out-of-the-money partner, price − D·|F − K|, and is IllConditioned where the
    /// digits left after that subtraction do not determine w to 1e-6. Errors: docs/numerics.md. Source: METHODOLOGY, Greeks.
    /// </remarks>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static void FromPrices(LaneWidth width, in PricedRows rows, in GreekRows results)
    {
        CheckLengths(rows, results);
        switch (width)
        {
            case LaneWidth.One: FromPrices<F64x1>(rows, results); break;
            case LaneWidth.Two: FromPrices<F64x2>(rows, results); break;
            case LaneWidth.Four: FromPrices<F64x4>(rows, results); break;
            case LaneWidth.Eight: FromPrices<F64x8>(rows, results); break;
            default: Columns.ThrowUnknownWidth(width); break;
        }
    }

    /// <summary>The price now of one option.</summary>
    /// <param name="forward">F &gt; 0.</param>
    /// <param name="strike">K &gt; 0.</param>
    /// <param name="discount">D &gt; 0.</param>
    /// <param name="totalDeviation">w = σ√T ≥ 0.</param>
    /// <param name="isCall">Call or put.</param>
    /// <returns>Relative error below 1e-14 out of the money, however deep; NaN for arguments outside of these domains.</returns>
    public static double Price(double forward, double strike, double discount, double totalDeviation, bool isCall)
    {
        if (!(forward > 0 && strike > 0 && discount > 0)) return double.NaN;
        double h = Math.Abs(LogRatio(new F64x1(strike), new F64x1(forward)).Value);
        double premium = Math.Min(forward, strike) * ImpliedDeviation.NormalisedPrice(h, totalDeviation);
        double intrinsic = Math.Max(isCall ? forward - strike : strike - forward, 0);
        return discount * (premium + intrinsic);
    }

    [SkipLocalsInit]
    private static void FromPrices<TLanes>(in PricedRows rows, in GreekRows results) where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<double> sign = stackalloc double[BlockRows];
        Span<double> h = stackalloc double[BlockRows];
        Span<double> c = stackalloc double[BlockRows];
        Span<double> before = stackalloc double[BlockRows];
        Span<double> after = stackalloc double[BlockRows];
        Span<SolveStatus> solved = stackalloc SolveStatus[BlockRows];
        for (int start = 0; start < rows.Price.Length; start += BlockRows)
        {
            int count = Math.Min(BlockRows, rows.Price.Length - start);
            for (int i = 0; i < count; i++) sign[i] = rows.IsCall[start + i] ? 1 : -1;
            Normalise<TLanes>(rows, start, count, sign, h, c, before);
            ColdSolver.Solve<TLanes>(h[..count], c[..count], results.TotalDeviation.Slice(start, count), solved[..count]);
            Differentiate<TLanes>(rows, results, start, count, sign, after);
            for (int i = 0; i < count; i++) results.Status[start + i] = Status(before[i], solved[i], after[i]);
        }
    }

    /// <summary>h and c of the out-of-the-money partner; a NaN in c, and the reason in <paramref name="reason"/>, where there is none.</summary>
    private static void Normalise<TLanes>(
        in PricedRows rows, int start, int count, Span<double> sign, Span<double> h, Span<double> c, Span<double> reason)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        for (int i = 0; i < count; i += TLanes.Count)
        {
            nuint row = (nuint)(start + i), local = (nuint)i;
            TLanes forward = Load<TLanes>(rows.Forward, row);
            TLanes strike = Load<TLanes>(rows.Strike, row);
            TLanes discount = Load<TLanes>(rows.Discount, row);
            TLanes price = Load<TLanes>(rows.Price, row);
            TLanes years = Load<TLanes>(rows.Years, row);

            TLanes intrinsic = TLanes.Max(Load<TLanes>(sign, local) * (forward - strike), zero);
            TLanes premium = TLanes.NegatedMultiplyAdd(discount, intrinsic, price) / discount;
            TLanes normalised = premium / TLanes.Min(forward, strike);

            TLanes valid = TLanes.And(
                TLanes.And(
                    TLanes.And(IsPositive(Load<TLanes>(rows.Spot, row)), IsPositive(forward)),
                    TLanes.And(IsPositive(strike), IsPositive(discount))),
                TLanes.And(
                    TLanes.And(TLanes.LessThanOrEqual(zero, price), IsFinite(price)), IsFinite(years)));
            TLanes live = TLanes.LessThan(zero, years);
            TLanes why = TLanes.Select(live, zero, TLanes.Broadcast((double)QuoteStatus.Expired));
            why = TLanes.Select(valid, why, TLanes.Broadcast((double)QuoteStatus.Invalid));
            normalised = TLanes.Select(TLanes.And(valid, live), normalised, TLanes.Broadcast(double.NaN));

            Store(TLanes.Abs(LogRatio(strike, forward)), h, local);
            Store(normalised, c, local);
            Store(why, reason, local);
        }
    }

    private static void Differentiate<TLanes>(
        in PricedRows rows, in GreekRows results, int start, int count, Span<double> sign, Span<double> reason)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        TLanes one = TLanes.Broadcast(1);
        TLanes half = TLanes.Broadcast(0.5);
        for (int i = 0; i < count; i += TLanes.Count)
        {
            nuint row = (nuint)(start + i);
            TLanes spot = Load<TLanes>(rows.Spot, row);
            TLanes forward = Load<TLanes>(rows.Forward, row);
            TLanes strike = Load<TLanes>(rows.Strike, row);
            TLanes discount = Load<TLanes>(rows.Discount, row);
            TLanes years = Load<TLanes>(rows.Years, row);
            TLanes callSign = Load<TLanes>(sign, (nuint)i);
            TLanes w = Load<TLanes>(results.TotalDeviation, row);
            TLanes solved = TLanes.LessThan(zero, w);

            TLanes perDeviation = one / w;
            TLanes standardised = Node.Quotient(-LogRatio(strike, forward), w, perDeviation);
            TLanes d1 = TLanes.MultiplyAdd(half, w, standardised);
            TLanes d2 = TLanes.NegatedMultiplyAdd(half, w, standardised);
            Functions.DensityAndTail(d1, out TLanes density, out TLanes tail1);
            Functions.DensityAndTail(d2, out _, out TLanes tail2);
            TLanes isCall = TLanes.LessThan(zero, callSign);
            TLanes right1 = Distribution(callSign * d1, tail1); // Φ(±d1)
            TLanes right2 = Distribution(callSign * d2, tail2); // Φ(±d2)

            TLanes rootYears = TLanes.Sqrt(years);
            TLanes perYear = one / years;
            TLanes discountedForward = discount * forward;
            TLanes carryFactor = discountedForward / spot;
            TLanes rate = -Functions.Log(discount) * perYear;
            TLanes dividendYield = -Functions.Log(carryFactor) * perYear;
            TLanes drift = LogRatio(forward, spot) * perYear;

            TLanes impliedVol = w / rootYears;
            TLanes delta = carryFactor * (callSign * right1);
            TLanes densityPerDeviation = density * perDeviation;
            TLanes gamma = carryFactor * densityPerDeviation / spot;
            TLanes vega = discountedForward * density * rootYears;
            TLanes vanna = -(carryFactor * rootYears) * densityPerDeviation * d2;
            TLanes decay = carryFactor * (drift * densityPerDeviation - density * d2 * (half * perYear));
            TLanes charm = TLanes.MultiplyAdd(dividendYield, delta, -decay);
            TLanes carried = discountedForward * dividendYield * right1 - rate * strike * discount * right2;
            TLanes theta = TLanes.MultiplyAdd(callSign, carried, -(discountedForward * density * (half * impliedVol / rootYears)));

            // Conditioned by the price that was given, in the money or not: price/(w·∂price/∂w).
            TLanes attainable = (one + Load<TLanes>(rows.Price, row) / (discountedForward * density * w)) * TLanes.Broadcast(Epsilon);
            TLanes wellConditioned = TLanes.LessThanOrEqual(attainable, TLanes.Broadcast(LargestAttainableError));
            TLanes finite = TLanes.And(
                TLanes.And(TLanes.And(IsFinite(impliedVol), IsFinite(delta)), TLanes.And(IsFinite(gamma), IsFinite(vega))),
                TLanes.And(TLanes.And(IsFinite(theta), IsFinite(vanna)), IsFinite(charm)));
            TLanes why = TLanes.Select(finite, zero, TLanes.Broadcast((double)QuoteStatus.Invalid));
            Store(TLanes.Select(wellConditioned, why, TLanes.Broadcast((double)QuoteStatus.IllConditioned)), reason, (nuint)i);

            TLanes ok = TLanes.And(TLanes.And(solved, wellConditioned), finite);
            Store(TLanes.Select(ok, w, zero), results.TotalDeviation, row);
            Store(TLanes.Select(ok, impliedVol, zero), results.ImpliedVol, row);
            Store(TLanes.Select(ok, delta, zero), results.Delta, row);
            Store(TLanes.Select(ok, gamma, zero), results.Gamma, row);
            Store(TLanes.Select(ok, vega, zero), results.Vega, row);
            Store(TLanes.Select(ok, theta, zero), results.Theta, row);
            Store(TLanes.Select(ok, vanna, zero), results.Vanna, row);
            Store(TLanes.Select(ok, charm, zero), results.Charm, row);
        }
    }

    private static QuoteStatus Status(double before, SolveStatus solved, double after) => solved switch
    {
        _ when before != 0 => (QuoteStatus)before,
        SolveStatus.BelowIntrinsic => QuoteStatus.BelowIntrinsic,
        SolveStatus.AboveMax => QuoteStatus.AboveMax,
        SolveStatus.IllConditioned => QuoteStatus.IllConditioned,
        SolveStatus.Invalid => QuoteStatus.Invalid,
        _ => (QuoteStatus)after,
    };

    /// <summary>Φ(x) from Φ(−|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Distribution<TLanes>(TLanes x, TLanes tail) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Select(TLanes.LessThan(x, TLanes.Broadcast(0)), tail, TLanes.Broadcast(1) - tail);

    /// <summary>ln(a/b), relatively accurate also where a and b nearly agree: the quotient's rounding error is put back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes LogRatio<TLanes>(TLanes a, TLanes b) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes quotient = a / b;
        return Functions.Log(quotient) + TLanes.NegatedMultiplyAdd(quotient, b, a) / a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes IsFinite<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.LessThanOrEqual(TLanes.Abs(x), TLanes.Broadcast(double.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes IsPositive<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.And(TLanes.LessThan(TLanes.Broadcast(0), x), IsFinite(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Load<TLanes>(ReadOnlySpan<double> column, nuint row) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Load(in MemoryMarshal.GetReference(column), row);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes>(TLanes value, Span<double> column, nuint row) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Store(value, ref MemoryMarshal.GetReference(column), row);

    private static void CheckLengths(in PricedRows rows, in GreekRows results)
    {
        int length = rows.Price.Length;
        Columns.Check(length, rows.Spot.Length, nameof(rows.Spot));
        Columns.Check(length, rows.Forward.Length, nameof(rows.Forward));
        Columns.Check(length, rows.Strike.Length, nameof(rows.Strike));
        Columns.Check(length, rows.Years.Length, nameof(rows.Years));
        Columns.Check(length, rows.Discount.Length, nameof(rows.Discount));
        Columns.Check(length, rows.IsCall.Length, nameof(rows.IsCall));
        Columns.Check(length, results.Status.Length, nameof(results.Status));
        Columns.Check(length, results.TotalDeviation.Length, nameof(results.TotalDeviation));
        Columns.Check(length, results.ImpliedVol.Length, nameof(results.ImpliedVol));
        Columns.Check(length, results.Delta.Length, nameof(results.Delta));
        Columns.Check(length, results.Gamma.Length, nameof(results.Gamma));
        Columns.Check(length, results.Vega.Length, nameof(results.Vega));
        Columns.Check(length, results.Theta.Length, nameof(results.Theta));
        Columns.Check(length, results.Vanna.Length, nameof(results.Vanna));
        Columns.Check(length, results.Charm.Length, nameof(results.Charm));
    }
}
