using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>
/// The passes of <see cref="Black76"/> over a block of rows. Each fits the compiler's inlining budget, which one long method does
/// not, and its rows are independent, so that several registers are in flight. Absurd rows run along and are judged at the end.
/// </summary>
/// <remarks>
/// With z = |ln(K/F)|/w and t = w/2, |d1| and |d2| are |t − z| and t + z in some order, and F·φ(d1) = K·φ(d2). Hence one exponential and
/// two Mills quotients give φ(d1), Φ(±d1), Φ(±d2) and, but for near options, the price.
/// </remarks>
internal static class RowPasses
{
    private const double Epsilon = 2.220446049250313e-16;
    private const double InverseSqrtTwoPi = 0.3989422804014327;
    private const double InverseSqrtTwoPiRest = -2.49232720227773e-17;

    // φ has underflowed long before, and no product of two Mills denominators has overflowed.
    private const double DensityIsZero = 64;

    // The difference of the two Mills ratios cancels when w is small; below these the series in w takes its place. At the far end
    // of either the difference has lost at most 240 times its rounding error.
    private const double SeriesDeviation = 1.2;
    private const double SeriesLogMoneyness = 6;

    /// <summary>ln(K/F), r and r − q, and what is wrong with the inputs.</summary>
    public static void Carry<TLanes>(in RowTerms terms, ref RowBlock block) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        for (int i = 0; i < terms.Count; i++) block.Sign[i] = terms.IsCall[i] ? 1 : -1;
        for (nuint i = 0; i < (nuint)terms.Count; i += (nuint)TLanes.Count)
        {
            TLanes spot = Columns.Load<TLanes>(terms.Spot, i);
            TLanes forward = Columns.Load<TLanes>(terms.Forward, i);
            TLanes strike = Columns.Load<TLanes>(terms.Strike, i);
            TLanes discount = Columns.Load<TLanes>(terms.Discount, i);
            TLanes years = Columns.Load<TLanes>(terms.Years, i);
            Columns.Store(LogRatio(strike, forward, out TLanes rest), block.LogMoneyness, i);
            Columns.Store(rest, block.LogMoneynessRest, i);
            Columns.Store(-Functions.Log(discount) / years, block.Rate, i);
            Columns.Store(LogRatio(forward, spot, out _) / years, block.Drift, i);

            TLanes valid = TLanes.And(
                TLanes.And(TLanes.And(IsPositive(spot), IsPositive(forward)), TLanes.And(IsPositive(strike), IsPositive(discount))),
                IsFinite(years));
            TLanes why = TLanes.Select(TLanes.LessThan(zero, years), zero, TLanes.Broadcast((double)QuoteStatus.Expired));
            Columns.Store(TLanes.Select(valid, why, TLanes.Broadcast((double)QuoteStatus.Invalid)), block.Reason, i);
        }
    }

    /// <summary>h and c of the out-of-the-money partner; a NaN in c where there is none.</summary>
    public static void Normalise<TLanes>(in RowTerms terms, ReadOnlySpan<double> prices, ref RowBlock block)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        for (nuint i = 0; i < (nuint)terms.Count; i += (nuint)TLanes.Count)
        {
            TLanes forward = Columns.Load<TLanes>(terms.Forward, i);
            TLanes strike = Columns.Load<TLanes>(terms.Strike, i);
            TLanes discount = Columns.Load<TLanes>(terms.Discount, i);
            TLanes price = Columns.Load<TLanes>(prices, i);
            TLanes intrinsic = TLanes.Max(Columns.Load<TLanes>(block.Sign, i) * (forward - strike), zero);
            TLanes premium = TLanes.NegatedMultiplyAdd(discount, intrinsic, price) / discount;
            TLanes normalised = premium / TLanes.Min(forward, strike);

            TLanes reason = Columns.Load<TLanes>(block.Reason, i);
            TLanes valid = TLanes.And(TLanes.LessThanOrEqual(zero, price), IsFinite(price));
            reason = TLanes.Select(valid, reason, TLanes.Broadcast((double)QuoteStatus.Invalid));
            Columns.Store(reason, block.Reason, i);
            Columns.Store(TLanes.Abs(Columns.Load<TLanes>(block.LogMoneyness, i)), block.H, i);
            Columns.Store(TLanes.Select(TLanes.Equal(reason, zero), normalised, TLanes.Broadcast(double.NaN)), block.C, i);
        }
    }

    /// <summary>d1, d2, φ(d1), Φ(±d1), Φ(±d2), and the premium over min(F, K) as far as the same two Mills ratios give it.</summary>
    public static void Distribute<TLanes>(in RowTerms terms, ReadOnlySpan<double> totalDeviation, ref RowBlock block)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        TLanes one = TLanes.Broadcast(1);
        TLanes half = TLanes.Broadcast(0.5);
        TLanes farthest = TLanes.Broadcast(DensityIsZero);
        for (nuint i = 0; i < (nuint)terms.Count; i += (nuint)TLanes.Count)
        {
            TLanes x = Columns.Load<TLanes>(block.LogMoneyness, i);
            TLanes w = Columns.Load<TLanes>(totalDeviation, i);
            TLanes callSign = Columns.Load<TLanes>(block.Sign, i);
            TLanes putSide = TLanes.LessThan(x, zero); // K < F: |d2| is the smaller one

            TLanes h = TLanes.Abs(x);
            TLanes hRest = Columns.Load<TLanes>(block.LogMoneynessRest, i);
            hRest = TLanes.Select(putSide, -hRest, hRest);
            TLanes perDeviation = one / w;
            TLanes z = h * perDeviation;
            TLanes zRest = (TLanes.NegatedMultiplyAdd(z, w, h) + hRest) * perDeviation;
            TLanes t = half * w;

            // inner = t − z, ±d1 or ±d2, to twice the digits: its square is an exponent, where absolute errors become relative ones.
            TLanes inner = t - z;
            TLanes shift = inner - t;
            TLanes innerRest = (t - (inner - shift)) - (z + shift) - zRest;
            TLanes outer = t + z;
            TLanes innerSize = TLanes.Min(TLanes.Abs(inner), farthest);
            TLanes outerSize = TLanes.Min(outer, farthest);
            TLanes square = innerSize * innerSize;
            TLanes squareRest = TLanes.MultiplyAdd(innerSize, innerSize, -square);
            squareRest = TLanes.MultiplyAdd(innerSize + innerSize, TLanes.Select(TLanes.LessThan(inner, zero), -innerRest, innerRest), squareRest);
            squareRest = TLanes.Select(TLanes.LessThan(innerSize, farthest), squareRest, zero);
            TLanes exponential = Functions.ExpOfSum(-half * square, -half * squareRest);
            TLanes innerDensity = TLanes.MultiplyAdd(
                exponential, TLanes.Broadcast(InverseSqrtTwoPi), exponential * TLanes.Broadcast(InverseSqrtTwoPiRest));

            TLanes forward = Columns.Load<TLanes>(terms.Forward, i);
            TLanes strike = Columns.Load<TLanes>(terms.Strike, i);
            TLanes outerDensity = innerDensity * (TLanes.Min(forward, strike) / TLanes.Max(forward, strike));
            Functions.MillsQuotient(innerSize, out TLanes p1, out _, out TLanes q1);
            Functions.MillsQuotient(outerSize, out TLanes p2, out _, out TLanes q2);
            TLanes innerMills = p1 / q1;
            TLanes outerMills = p2 / q2;
            TLanes innerTail = innerDensity * innerMills;
            TLanes outerTail = outerDensity * outerMills;
            TLanes isUpper = TLanes.LessThan(zero, inner);
            TLanes lower = TLanes.NegatedMultiplyAdd(p2, q1, p1 * q2) / (q1 * q2);
            TLanes upper = TLanes.NegatedMultiplyAdd(innerDensity, innerMills + outerMills, one);
            Columns.Store(TLanes.Select(isUpper, upper, innerDensity * lower), block.Premium, i);
            Columns.Store(innerDensity, block.PremiumDensity, i);

            TLanes d1 = TLanes.Select(putSide, outer, inner);
            TLanes d2 = -TLanes.Select(putSide, inner, outer);
            Columns.Store(d1, block.D1, i);
            Columns.Store(d2, block.D2, i);
            Columns.Store(TLanes.Select(putSide, outerDensity, innerDensity), block.Density, i);
            Columns.Store(Distribution(callSign * d1, TLanes.Select(putSide, outerTail, innerTail)), block.Right1, i);
            Columns.Store(Distribution(callSign * d2, TLanes.Select(putSide, innerTail, outerTail)), block.Right2, i);
        }
    }

    /// <summary>Prices; where w is small and the strike not far, the premium is w·φ·Σ over the odd Taylor terms of the Mills ratio.</summary>
    public static void Prices<TLanes>(in RowTerms terms, ReadOnlySpan<double> totalDeviation, ref RowBlock block, Span<double> prices)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        for (nuint i = 0; i < (nuint)terms.Count; i += (nuint)TLanes.Count)
        {
            TLanes w = Columns.Load<TLanes>(totalDeviation, i);
            TLanes h = TLanes.Abs(Columns.Load<TLanes>(block.LogMoneyness, i));
            TLanes near = TLanes.And(
                TLanes.LessThan(h, TLanes.Broadcast(SeriesLogMoneyness)), TLanes.LessThan(w, TLanes.Broadcast(SeriesDeviation)));
            TLanes z = TLanes.Min(h / w, TLanes.Broadcast(DensityIsZero));
            Functions.MillsQuotient(z, out _, out TLanes slope, out TLanes denominator);
            TLanes meanSlope = new MillsSeries<TLanes>(h, w, slope, denominator).SumOfAll() / denominator;
            TLanes premium = Columns.Load<TLanes>(block.PremiumDensity, i) * w * meanSlope;
            TLanes normalised = TLanes.Select(near, premium, Columns.Load<TLanes>(block.Premium, i));

            TLanes forward = Columns.Load<TLanes>(terms.Forward, i);
            TLanes strike = Columns.Load<TLanes>(terms.Strike, i);
            TLanes intrinsic = TLanes.Max(Columns.Load<TLanes>(block.Sign, i) * (forward - strike), zero);
            Columns.Store(Columns.Load<TLanes>(terms.Discount, i) * TLanes.MultiplyAdd(TLanes.Min(forward, strike), normalised, intrinsic), prices, i);
        }
    }

    /// <summary>σ, delta, gamma, vega, theta, vanna and charm; the verdict is Invalid where one of them is not finite.</summary>
    public static void Slopes<TLanes>(in RowTerms terms, ref RowBlock block, in GreekRows results) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        TLanes one = TLanes.Broadcast(1);
        TLanes half = TLanes.Broadcast(0.5);
        for (nuint i = 0; i < (nuint)terms.Count; i += (nuint)TLanes.Count)
        {
            TLanes spot = Columns.Load<TLanes>(terms.Spot, i);
            TLanes discount = Columns.Load<TLanes>(terms.Discount, i);
            TLanes years = Columns.Load<TLanes>(terms.Years, i);
            TLanes callSign = Columns.Load<TLanes>(block.Sign, i);
            TLanes rate = Columns.Load<TLanes>(block.Rate, i);
            TLanes drift = Columns.Load<TLanes>(block.Drift, i);
            TLanes density = Columns.Load<TLanes>(block.Density, i);
            TLanes d2 = Columns.Load<TLanes>(block.D2, i);
            TLanes right1 = Columns.Load<TLanes>(block.Right1, i);
            TLanes w = Columns.Load<TLanes>(results.TotalDeviation, i);

            TLanes rootYears = TLanes.Sqrt(years);
            TLanes halfPerYear = half / years;
            TLanes discountedForward = discount * Columns.Load<TLanes>(terms.Forward, i);
            TLanes carryFactor = discountedForward / spot;
            TLanes dividendYield = rate - drift;
            TLanes impliedVol = w / rootYears;
            TLanes densityPerDeviation = density / w;
            TLanes forwardDensity = discountedForward * density;

            TLanes delta = carryFactor * (callSign * right1);
            TLanes gamma = carryFactor * densityPerDeviation / spot;
            TLanes vega = forwardDensity * rootYears;
            TLanes vanna = -(carryFactor * rootYears) * densityPerDeviation * d2;
            TLanes decay = carryFactor * TLanes.NegatedMultiplyAdd(density * d2, halfPerYear, drift * densityPerDeviation);
            TLanes charm = TLanes.MultiplyAdd(dividendYield, delta, -decay);
            TLanes carried = discountedForward * dividendYield * right1
                - rate * Columns.Load<TLanes>(terms.Strike, i) * discount * Columns.Load<TLanes>(block.Right2, i);
            TLanes theta = TLanes.MultiplyAdd(callSign, carried, -(forwardDensity * w * halfPerYear));

            // 0 times a number is 0, times an infinity or a NaN it is a NaN.
            TLanes taint = TLanes.MultiplyAdd(delta, zero, impliedVol * zero);
            taint = TLanes.MultiplyAdd(gamma, zero, taint);
            taint = TLanes.MultiplyAdd(vega, zero, taint);
            taint = TLanes.MultiplyAdd(theta, zero, taint);
            taint = TLanes.MultiplyAdd(vanna, zero, taint);
            taint = TLanes.MultiplyAdd(charm, zero, taint);
            Columns.Store(TLanes.Select(TLanes.Equal(taint, zero), zero, TLanes.Broadcast((double)QuoteStatus.Invalid)), block.Verdict, i);
            Columns.Store(impliedVol, results.ImpliedVol, i);
            Columns.Store(delta, results.Delta, i);
            Columns.Store(gamma, results.Gamma, i);
            Columns.Store(vega, results.Vega, i);
            Columns.Store(theta, results.Theta, i);
            Columns.Store(vanna, results.Vanna, i);
            Columns.Store(charm, results.Charm, i);
        }
    }

    /// <summary>Vomma, speed, zomma and color, from gamma and vega; the verdict becomes Invalid where one of them is not finite.</summary>
    public static void Curvatures<TLanes>(in RowTerms terms, ref RowBlock block, in GreekRows results) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        TLanes one = TLanes.Broadcast(1);
        for (nuint i = 0; i < (nuint)terms.Count; i += (nuint)TLanes.Count)
        {
            TLanes d1 = Columns.Load<TLanes>(block.D1, i);
            TLanes d2 = Columns.Load<TLanes>(block.D2, i);
            TLanes drift = Columns.Load<TLanes>(block.Drift, i);
            TLanes gamma = Columns.Load<TLanes>(results.Gamma, i);
            TLanes w = Columns.Load<TLanes>(results.TotalDeviation, i);
            TLanes perVolatility = one / Columns.Load<TLanes>(results.ImpliedVol, i);
            TLanes perDeviation = one / w;
            TLanes halfPerYear = TLanes.Broadcast(0.5) / Columns.Load<TLanes>(terms.Years, i);
            TLanes dividendYield = Columns.Load<TLanes>(block.Rate, i) - drift;
            TLanes product = d1 * d2;

            TLanes vomma = Columns.Load<TLanes>(results.Vega, i) * product * perVolatility;
            TLanes speed = -(gamma / Columns.Load<TLanes>(terms.Spot, i)) * TLanes.MultiplyAdd(d1, perDeviation, one);
            TLanes zomma = gamma * (product - one) * perVolatility;
            TLanes turn = d1 * TLanes.NegatedMultiplyAdd(d2, halfPerYear, drift * perDeviation);
            TLanes color = gamma * (dividendYield + halfPerYear + turn);

            TLanes taint = TLanes.MultiplyAdd(vomma, zero, speed * zero);
            taint = TLanes.MultiplyAdd(zomma, zero, taint);
            taint = TLanes.MultiplyAdd(color, zero, taint);
            TLanes verdict = Columns.Load<TLanes>(block.Verdict, i);
            Columns.Store(TLanes.Select(TLanes.Equal(taint, zero), verdict, TLanes.Broadcast((double)QuoteStatus.Invalid)), block.Verdict, i);
            Columns.Store(vomma, results.Vomma, i);
            Columns.Store(speed, results.Speed, i);
            Columns.Store(zomma, results.Zomma, i);
            Columns.Store(color, results.Color, i);
        }
    }

    /// <summary>IllConditioned where one rounding of the price that was given, in the money or not, moves w too far: price/(w·∂price/∂w).</summary>
    public static void Conditioning<TLanes>(in RowTerms terms, ReadOnlySpan<double> prices, ref RowBlock block, in GreekRows results)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nuint i = 0; i < (nuint)terms.Count; i += (nuint)TLanes.Count)
        {
            TLanes sensitivity = Columns.Load<TLanes>(terms.Discount, i) * Columns.Load<TLanes>(terms.Forward, i)
                * Columns.Load<TLanes>(block.Density, i) * Columns.Load<TLanes>(results.TotalDeviation, i);
            TLanes attainable = (TLanes.Broadcast(1) + Columns.Load<TLanes>(prices, i) / sensitivity) * TLanes.Broadcast(Epsilon);
            TLanes wellConditioned = TLanes.LessThanOrEqual(attainable, TLanes.Broadcast(ImpliedDeviation.LargestAttainableError));
            TLanes verdict = Columns.Load<TLanes>(block.Verdict, i);
            Columns.Store(TLanes.Select(wellConditioned, verdict, TLanes.Broadcast((double)QuoteStatus.IllConditioned)), block.Verdict, i);
        }
    }

    /// <summary>ln(a/b), relatively accurate also where a and b nearly agree: the quotient's rounding error is put back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes LogRatio<TLanes>(TLanes a, TLanes b, out TLanes rest) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes quotient = a / b;
        TLanes logarithm = Functions.Log(quotient);
        TLanes correction = TLanes.NegatedMultiplyAdd(quotient, b, a) / a;
        TLanes result = logarithm + correction;
        rest = (logarithm - result) + correction;
        return result;
    }

    /// <summary>Φ(x) from Φ(−|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Distribution<TLanes>(TLanes x, TLanes tail) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Select(TLanes.LessThan(x, TLanes.Broadcast(0)), tail, TLanes.Broadcast(1) - tail);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes IsFinite<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.LessThanOrEqual(TLanes.Abs(x), TLanes.Broadcast(double.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes IsPositive<TLanes>(TLanes x) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.And(TLanes.LessThan(TLanes.Broadcast(0), x), IsFinite(x));
}
