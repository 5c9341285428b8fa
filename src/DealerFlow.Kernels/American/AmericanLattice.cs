using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DealerFlow.Kernels;

/// <summary>
/// American options in the escrowed-dividend model (<see cref="AmericanTerms"/>) by a trinomial lattice of the forward price that carries
/// the American and the European option side by side: what is read off is their difference, the early-exercise premium.
/// </summary>
/// <remarks>
/// Nodes lie √3 standard deviations of a step apart in ln X, so that a step has its first four moments right; steps are cut so that
/// every dividend falls on a level. The last step before expiry is Black's formula, so that no kink meets the grid. Lattices of n and
/// n/2 steps are extrapolated. Values are in money of expiry: holding needs no discount, and exercise is a straight line in X. Owns its
/// columns, so a call allocates nothing; not for two threads at once. The bits do not depend on the width. Errors: docs/numerics.md,
/// American exercise. Sources: Boyle (1988); Hull and White (1988) for the difference of two lattices; Broadie and Detemple (1996) for
/// the last step and the extrapolation.
/// </remarks>
public sealed class AmericanLattice
{
    /// <summary>Steps of the finer lattice.</summary>
    public const int DefaultSteps = 512;

    /// <summary>Options with a greater w are not priced: they are worth all that they can pay.</summary>
    public const double LargestDeviation = 8;

    // Below it every option is its own limit, and the spacing of nodes drowns in rounding.
    private const double SmallestDeviation = 1e-9;

    // Paths leave this many deviations with a probability of 4e-8, and leave the difference of the two lattices alone even then.
    private const double Reach = 5.5;

    // A yield follows from a forward; what rounding leaves of none.
    private const double NoYield = 1e-14;

    // Room for a vector that reaches past the last node.
    private const int Margin = 8;

    private readonly LaneWidth _width;
    private readonly int _steps;
    private readonly int _centre;
    private readonly double[] _price;
    private double[] _american;
    private double[] _european;
    private double[] _nextAmerican;
    private double[] _nextEuropean;

    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="steps">Steps of the finer lattice, even, from 8 to 8192.</param>
    /// <exception cref="ArgumentOutOfRangeException">Steps outside of that.</exception>
    public AmericanLattice(LaneWidth width, int steps = DefaultSteps)
    {
        if (steps is < 8 or > 8192 || steps % 2 != 0)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, "A lattice has an even number of steps from 8 to 8192.");
        if (!Enum.IsDefined(width)) Columns.ThrowUnknownWidth(width);
        _width = width;
        _steps = steps;
        _centre = NodesAside(LargestDeviation, steps) + Margin;
        int length = (2 * _centre) + Margin;
        _price = new double[length];
        _american = new double[length];
        _european = new double[length];
        _nextAmerican = new double[length];
        _nextEuropean = new double[length];
    }

    /// <summary>European price and early-exercise premium of one option.</summary>
    /// <param name="terms">Spot, forward, rate, dividends.</param>
    /// <param name="strike">K &gt; 0, currency per share.</param>
    /// <param name="totalDeviation">w = σ√T in (0, 8].</param>
    /// <param name="isCall">Call or put.</param>
    /// <param name="value">The prices; zeros where the answer is false.</param>
    /// <returns>False for terms, a strike or a w outside of their domains.</returns>
    public bool TryValue(in AmericanTerms terms, double strike, double totalDeviation, bool isCall, out AmericanValue value)
    {
        value = default;
        if (!terms.IsValid || !(strike > 0 && double.IsFinite(strike)) || !(totalDeviation > 0 && totalDeviation <= LargestDeviation)) return false;
        double european = Black76.Price(terms.Forward, strike, terms.Discount, totalDeviation, isCall);
        if (!double.IsFinite(european)) return false;
        if (NeverExercised(terms, isCall))
        {
            value = new AmericanValue(european, 0, IsImmediate: false);
            return true;
        }

        double w = Math.Max(totalDeviation, SmallestDeviation);
        double intrinsic = Math.Max(isCall ? terms.Spot - strike : strike - terms.Spot, 0);
        Root fine = Solve(terms, strike, w, isCall, _steps);
        double premium = intrinsic - european;
        if (!fine.IsImmediate)
        {
            premium = fine.Premium;
            Root coarse = Solve(terms, strike, w, isCall, _steps / 2);
            // So close to the boundary the coarser lattice is off by more than the extrapolation assumes.
            if (!coarse.IsNearBoundary) premium = (2 * fine.Premium) - coarse.Premium;
        }
        premium = Math.Max(premium, Math.Max(intrinsic - european, 0));
        if (!double.IsFinite(premium)) return false;
        value = new AmericanValue(european, premium, fine.IsImmediate);
        return true;
    }

    /// <summary>Nothing is ever gained by exercise: no dividend and no yield for a call's holder, no interest for that of a put.</summary>
    private static bool NeverExercised(in AmericanTerms terms, bool isCall)
    {
        double interest = terms.Rate * terms.Years, yield = interest - terms.LogCarry;
        return isCall ? terms.Dividends.IsEmpty && yield <= NoYield && interest >= 0 : interest <= 0 && yield >= -NoYield;
    }

    /// <summary>Nodes on either side of the middle: as far as any path that matters leads.</summary>
    private static int NodesAside(double w, int steps) => (int)Math.Ceiling((Reach + (0.5 * w)) * Math.Sqrt(steps / 3.0)) + 1;

    private Root Solve(in AmericanTerms terms, double strike, double w, bool isCall, int steps) => _width switch
    {
        LaneWidth.One => Solve<F64x1>(terms, strike, w, isCall, steps),
        LaneWidth.Two => Solve<F64x2>(terms, strike, w, isCall, steps),
        LaneWidth.Four => Solve<F64x4>(terms, strike, w, isCall, steps),
        _ => Solve<F64x8>(terms, strike, w, isCall, steps),
    };

    private Root Solve<TLanes>(in AmericanTerms terms, double strike, double w, bool isCall, int steps) where TLanes : unmanaged, ILanes<TLanes>
    {
        double spacing = w * Math.Sqrt(3.0 / steps);
        int aside = NodesAside(w, steps);
        FillPrices(terms.Forward, spacing, aside);

        double sign = isCall ? 1 : -1;
        double interest = terms.Rate * terms.Years, yield = interest - terms.LogCarry;
        double dividendsToCome = 0; // in money of expiry
        double ahead = w * w;       // variance between now and the level
        double owed = 0;            // variance that smoothing has taken in advance
        bool isNearBoundary = false;
        Line exercise = default;
        // After the last dividend a call that pays no yield is held: Black's formula reaches back to it in one step.
        bool isHeldToExpiry = isCall && yield <= NoYield && interest >= 0;
        int level = 0;
        for (int part = 0; part <= terms.Dividends.Length; part++) level += StepsOf(terms, part, steps, isHeldToExpiry);

        bool hasBegun = false;
        double later = terms.Years;
        for (int part = terms.Dividends.Length; part >= 0; part--)
        {
            double from = part == 0 ? 0 : terms.Dividends[part - 1].Years;
            int count = StepsOf(terms, part, steps, isHeldToExpiry);
            double variance = w * w * ((later - from) / terms.Years) / count;
            Move whole = Move.Of(spacing, variance);
            // Growth of money and of the yield from the level to expiry, step by step from where the part ends.
            double growth = Functions.Exp(terms.Rate * (terms.Years - later)), growthOfStep = Functions.Exp(terms.Rate * ((later - from) / count));
            double spotPerForward = Functions.Exp(yield * ((terms.Years - later) / terms.Years));
            double yieldOfStep = Functions.Exp(yield * ((later - from) / terms.Years / count));
            for (int k = count - 1; k >= 0; k--)
            {
                level--;
                ahead -= variance;
                growth *= growthOfStep;
                spotPerForward *= yieldOfStep;
                // A dividend at this very level: the holder of a call exercises just before it, that of a put just after.
                bool paysNow = k == 0 && part > 0;
                double paid = paysNow ? terms.Dividends[part - 1].Amount * growth : 0;
                exercise = Line.Of(sign, (strike * growth) - dividendsToCome - (isCall ? paid : 0), spotPerForward);
                dividendsToCome += paid;

                int reach = Math.Min(level, aside);
                if (!hasBegun)
                {
                    owed = Begin(strike, variance, isCall, exercise, spacing, reach);
                    hasBegun = true;
                    continue;
                }
                Move move = whole;
                if (owed > 0)
                {
                    double repaid = Math.Min(owed, variance);
                    owed -= repaid;
                    move = Move.Of(spacing, variance - repaid);
                }
                Step<TLanes>(move, exercise, sign, strike, reach, isCut: level >= aside);
                // With a single small step to go there is no sum over nodes that a kink could spoil.
                if (paysNow && ahead > 0.25 * spacing * spacing) Unkink(move, exercise, isCall, reach);
                if (level == 2) isNearBoundary = IsExercised(exercise, _centre + (isCall ? 2 : -2));
            }
            later = from;
        }

        bool isImmediate = IsExercised(exercise, _centre);
        return new Root((_american[_centre] - _european[_centre]) * terms.Discount, isNearBoundary || isImmediate, isImmediate);
    }

    /// <summary>Steps between dividend k − 1 and dividend k, now and expiry being the first and the last: at least one.</summary>
    private static int StepsOf(in AmericanTerms terms, int part, int steps, bool isHeldToExpiry)
    {
        if (isHeldToExpiry && part == terms.Dividends.Length) return 1;
        double from = part == 0 ? 0 : terms.Dividends[part - 1].Years;
        double to = part == terms.Dividends.Length ? terms.Years : terms.Dividends[part].Years;
        return Math.Max(1, (int)Math.Round(steps * ((to - from) / terms.Years)));
    }

    private void FillPrices(double forward, double spacing, int aside)
    {
        for (int i = -aside - 1; i <= aside + 1; i++) _price[_centre + i] = forward * Functions.Exp(i * spacing);
    }

    /// <summary>
    /// The level before expiry: Black's formula, or exercise where that is more, as means over a hat of two spacings, so that no structure
    /// finer than the grid remains. The hat's variance is returned, for the steps ahead to leave out.
    /// </summary>
    private double Begin(double strike, double variance, bool isCall, in Line exercise, double spacing, int reach)
    {
        double deviation = Math.Sqrt(variance);
        double margin = Functions.Exp((7 * deviation) + spacing);
        for (int i = _centre - reach - 1; i <= _centre + reach + 1; i++)
        {
            double price = _price[i];
            bool isPlain = price * margin < strike || price > strike * margin;
            _nextEuropean[i] = isPlain ? Math.Max(isCall ? price - strike : strike - price, 0) : Black76.Price(price, strike, 1, deviation, isCall);
            _nextAmerican[i] = Math.Max(_nextEuropean[i], exercise.At(price));
        }
        var hat = Hat.Of(spacing);
        Move mean = Move.Of(spacing, hat.Variance);
        for (int i = _centre - reach; i <= _centre + reach; i++)
        {
            // Less than half a spacing does not smooth the kink at the strike.
            bool isRough = deviation < 0.5 * spacing && _price[i - 1] < strike && _price[i + 1] > strike;
            (_american[i], _european[i]) = isRough || IsCrossing(exercise, i - 1) || IsCrossing(exercise, i)
                ? Mean(hat, _price[i], strike, deviation, isCall, exercise)
                : (mean.Of(_nextAmerican, i), mean.Of(_nextEuropean, i));
        }
        return hat.Variance;
    }

    /// <summary>Between this node and the next, exercising and holding to expiry change places.</summary>
    private bool IsCrossing(in Line exercise, int i) =>
        exercise.At(_price[i]) > _nextEuropean[i] != exercise.At(_price[i + 1]) > _nextEuropean[i + 1];

    private static (double American, double European) Mean(in Hat hat, double price, double strike, double deviation, bool isCall, in Line exercise)
    {
        (double american, double european) = (0, 0);
        for (int j = 1 - Hat.Parts; j < Hat.Parts; j++)
        {
            double x = price * hat.Factor(j);
            double held = Black76.Price(x, strike, 1, deviation, isCall);
            european = Math.FusedMultiplyAdd(Hat.Weight(j), held, european);
            american = Math.FusedMultiplyAdd(Hat.Weight(j), Math.Max(held, exercise.At(x)), american);
        }
        return (american, european);
    }

    /// <summary>One step back: the mean over the three moves, then the better of holding and exercising.</summary>
    private void Step<TLanes>(in Move move, in Line exercise, double sign, double strike, int reach, bool isCut)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert(reach < _centre, "the columns hold the widest level");
        ref double price = ref MemoryMarshal.GetArrayDataReference(_price);
        ref double american = ref MemoryMarshal.GetArrayDataReference(_american);
        ref double european = ref MemoryMarshal.GetArrayDataReference(_european);
        ref double nextAmerican = ref MemoryMarshal.GetArrayDataReference(_nextAmerican);
        ref double nextEuropean = ref MemoryMarshal.GetArrayDataReference(_nextEuropean);
        TLanes up = TLanes.Broadcast(move.Up), stay = TLanes.Broadcast(move.Stay), down = TLanes.Broadcast(move.Down);
        TLanes slope = TLanes.Broadcast(exercise.Slope), offset = TLanes.Broadcast(exercise.Offset);
        nuint end = (nuint)(_centre + reach);
        for (nuint i = (nuint)(_centre - reach); i <= end; i += (nuint)TLanes.Count)
        {
            TLanes held = Mean(up, stay, down, in american, i);
            TLanes exercised = TLanes.MultiplyAdd(slope, TLanes.Load(in price, i), offset);
            TLanes.Store(TLanes.Max(held, exercised), ref nextAmerican, i);
            TLanes.Store(Mean(up, stay, down, in european, i), ref nextEuropean, i);
        }
        if (isCut)
        {
            Cut(_centre - reach, exercise, sign, strike);
            Cut(_centre + reach, exercise, sign, strike);
        }
        (_american, _nextAmerican) = (_nextAmerican, _american);
        (_european, _nextEuropean) = (_nextEuropean, _european);
    }

    private static TLanes Mean<TLanes>(TLanes up, TLanes stay, TLanes down, ref readonly double value, nuint i)
        where TLanes : unmanaged, ILanes<TLanes> => TLanes.MultiplyAdd(
        up, TLanes.Load(in value, i + 1), TLanes.MultiplyAdd(down, TLanes.Load(in value, i - 1), stay * TLanes.Load(in value, i)));

    /// <summary>An outermost node has no neighbour to step to: so far out an option is its intrinsic value.</summary>
    private void Cut(int node, in Line exercise, double sign, double strike)
    {
        double intrinsic = Math.Max(sign * (_price[node] - strike), 0);
        _nextEuropean[node] = intrinsic;
        _nextAmerican[node] = Math.Max(intrinsic, exercise.At(_price[node]));
    }

    /// <summary>
    /// At a dividend the value has a kink where holding and exercising cost the same. A sum over nodes misses the integral over a kink
    /// by −κ·B₂(θ)/2 (Euler–Maclaurin; κ its slope per node, θ its place between two nodes, B₂ = θ² − θ + 1/6): put right at the two.
    /// </summary>
    private void Unkink(in Move move, in Line exercise, bool isCall, int reach)
    {
        for (int i = _centre - reach + 1; i < _centre + reach - 1; i++)
        {
            double left = Gain(move, exercise, i), right = Gain(move, exercise, i + 1);
            if (left > 0 == right > 0) continue;
            double theta = left / (left - right);
            double missing = 0.5 * Math.Abs(right - left) * ((theta * (theta - 1)) + (1.0 / 6));
            _american[i] += (1 - theta) * missing;
            _american[i + 1] += theta * missing;
        }
    }

    /// <summary>What exercising at a node brings more than holding; the level after is still in the other columns.</summary>
    private double Gain(in Move move, in Line exercise, int i) => exercise.At(_price[i]) - move.Of(_nextAmerican, i);

    private bool IsExercised(in Line exercise, int node)
    {
        double now = exercise.At(_price[node]);
        return now > 0 && _american[node] <= now;
    }

    /// <summary>What one lattice says at its root.</summary>
    private readonly record struct Root(double Premium, bool IsNearBoundary, bool IsImmediate);

    /// <summary>Value of exercising, in money of expiry: a straight line in X.</summary>
    private readonly record struct Line(double Slope, double Offset)
    {
        public static Line Of(double sign, double strike, double spotPerForward) => new(sign * spotPerForward, -sign * strike);

        public double At(double price) => Math.FusedMultiplyAdd(Slope, price, Offset);
    }

    /// <summary>Weights of a mean over two spacings that leaves a straight line in X as it is.</summary>
    private readonly record struct Hat(double Spacing, double Scale, double Variance)
    {
        public const int Parts = 8;

        public static Hat Of(double spacing)
        {
            double mean = 0, square = 0;
            for (int j = 1 - Parts; j < Parts; j++)
            {
                double factor = Functions.Exp(spacing * j / Parts);
                mean += Weight(j) * factor;
                square += Weight(j) * factor * factor;
            }
            return new Hat(spacing, 1 / mean, Functions.Log(square / (mean * mean)));
        }

        public static double Weight(int j) => (double)(Parts - Math.Abs(j)) / (Parts * Parts);

        public double Factor(int j) => Scale * Functions.Exp(Spacing * j / Parts);
    }

    /// <summary>Probabilities of one step that keep mean and variance of X = e^x exact: E[X′] = X, E[X′²] = X²·e^variance.</summary>
    private readonly record struct Move(double Up, double Stay, double Down)
    {
        public static Move Of(double spacing, double variance)
        {
            double ratio = Functions.Exp(spacing);
            double moves = GrowthLessOne(variance) / TwiceCoshLessTwo(spacing);
            double up = moves / (1 + ratio);
            return new Move(up, 1 - moves, up * ratio);
        }

        public double Of(double[] value, int i) =>
            Math.FusedMultiplyAdd(Up, value[i + 1], Math.FusedMultiplyAdd(Down, value[i - 1], Stay * value[i]));

        // e^v − 1 and 2·cosh x − 2 by their series: nothing cancels.
        private static double GrowthLessOne(double v)
        {
            double sum = 1;
            for (int k = 24; k >= 2; k--) sum = 1 + (sum * v / k);
            return v * sum;
        }

        private static double TwiceCoshLessTwo(double x)
        {
            double sum = 1, square = x * x;
            for (int k = 12; k >= 2; k--) sum = 1 + (sum * square / ((2 * k) * ((2 * k) - 1)));
            return square * sum;
        }
    }
}
