namespace DealerFlow.Tests;

/// <summary>
/// A root of a scalar profile with the largest |G| on its poorer side, up to the next crossing or the end, in units of what is negligible.
/// </summary>
internal readonly record struct ZeroGammaCrossing(double Shift, double Lobe);

/// <summary>
/// G(S) of METHODOLOGY 7 as a plain sum over nodes with <see cref="Math"/> and compensated addition, and all its roots by a scan with a
/// twelfth of the narrowest w as its step, golden section in every dip, and bisection down to neighbouring doubles.
/// </summary>
internal sealed class ZeroGammaCurve
{
    private const double Reach = 0.5;
    private const int StepsPerDeviation = 12;
    private const double Felt = 9;

    private readonly List<(double Scale, double LogMoneyness, double W)> _terms = [];

    public int Count => _terms.Count;

    /// <param name="scale">0.01·D·F·m·N.</param>
    /// <param name="logMoneyness">ln(F/K) at S = S_m.</param>
    /// <param name="w">Total deviation.</param>
    public void Add(double scale, double logMoneyness, double w)
    {
        if (scale != 0) _terms.Add((scale, logMoneyness, w));
    }

    /// <summary>Points that the last scan looked at.</summary>
    public int Scanned { get; private set; }

    /// <summary>G at S_m·eˣ.</summary>
    public double Value(double x)
    {
        double sum = 0, lost = 0;
        foreach ((double scale, double logMoneyness, double w) in _terms)
        {
            double part = Part(scale, logMoneyness, w, x);
            if (part == 0) continue;
            double next = sum + part;
            lost += Math.Abs(sum) >= Math.Abs(part) ? sum - next + part : part - next + sum;
            sum = next;
        }
        return sum + lost;
    }

    /// <summary>Σ |parts of G| there.</summary>
    public double Gross(double x)
    {
        double sum = 0;
        foreach ((double scale, double logMoneyness, double w) in _terms) sum += Math.Abs(Part(scale, logMoneyness, w, x));
        return sum;
    }

    /// <summary>Every crossing of zero, ascending. It counts if its lobe exceeds 1.</summary>
    public List<ZeroGammaCrossing> Crossings(double negligible)
    {
        double[] x = Points(negligible);
        Scanned = x.Length;
        double[] g = [.. x.Select(Value)];
        var roots = new List<double>();
        // Largest |G| between one root and the next, before the first and after the last.
        var lobes = new List<double> { 0 };
        int before = -1;
        for (int i = 0; i < x.Length; i++)
        {
            if (g[i] == 0) continue;
            if (before >= 0 && Math.Sign(g[before]) != Math.Sign(g[i])) Add(i - before <= 2 ? Bisect(x[before], x[i]) : null);
            lobes[^1] = Math.Max(lobes[^1], Math.Abs(g[i]));
            // A dip or a peak about this point, between its neighbours.
            if (before >= 0 && before == i - 1 && i + 1 < x.Length && Math.Sign(g[i - 1]) == Math.Sign(g[i]) && Math.Sign(g[i]) == Math.Sign(g[i + 1]))
            {
                double sign = Math.Sign(g[i]), size = Math.Abs(g[i]);
                if (size <= Math.Abs(g[i - 1]) && size <= Math.Abs(g[i + 1])) Dip(x[i - 1], x[i + 1], sign);
                else if (size >= Math.Abs(g[i - 1]) && size >= Math.Abs(g[i + 1]))
                    lobes[^1] = Math.Max(lobes[^1], -Least(x[i - 1], x[i + 1], -sign).Value);
            }
            before = i;
        }
        // Between two roots that hardly part there may be no more than one point.
        for (int i = 1; i < roots.Count; i++)
        {
            if (!(lobes[i] <= 100 * negligible) || double.IsNaN(roots[i - 1] + roots[i])) continue;
            lobes[i] = Math.Max(lobes[i], -Least(roots[i - 1], roots[i], -Math.Sign(Value((roots[i - 1] + roots[i]) / 2))).Value);
        }
        return [.. roots.Select((root, i) => new ZeroGammaCrossing(root, Math.Min(lobes[i], lobes[i + 1]) / negligible)).Where(crossing => !double.IsNaN(crossing.Shift))];

        void Add(double? root)
        {
            // Where G has underflowed between two signs there is no root, but it parts them all the same.
            roots.Add(root ?? double.NaN);
            lobes.Add(0);
        }

        void Dip(double low, double high, double sign)
        {
            (double bottom, double value) = Least(low, high, sign);
            if (!(value < 0)) return;
            Add(Bisect(low, bottom));
            lobes[^1] = -value;
            Add(Bisect(bottom, high));
        }
    }

    /// <summary>Points a twelfth of the narrowest w apart that is felt there and whose own peak is not negligible.</summary>
    private double[] Points(double negligible)
    {
        var points = new List<double>();
        var felt = _terms.Where(term => Math.Abs(term.Scale) * 0.4 / term.W * Math.Exp(-term.LogMoneyness) > negligible).ToList();
        if (felt.Count <= 100)
        {
            // Few nodes: about each its own points, and some everywhere.
            for (int i = 0; i <= 512; i++) points.Add(-Reach + (2 * Reach * i / 512));
            foreach ((double _, double logMoneyness, double w) in felt)
            {
                double centre = -logMoneyness + (w * w / 2), reach = (Felt * w) + (w * w);
                int steps = (int)Math.Ceiling(2 * Felt * StepsPerDeviation);
                for (int i = 0; i <= steps; i++) points.Add(centre - reach + (2 * reach * i / steps));
            }
            return [.. points.Where(x => x is >= -Reach and <= Reach).Distinct().Order()];
        }
        const int Cells = 256;
        for (int cell = 0; cell < Cells; cell++)
        {
            double low = -Reach + (2 * Reach * cell / Cells), high = -Reach + (2 * Reach * (cell + 1) / Cells), narrowest = 1;
            foreach ((double _, double logMoneyness, double w) in felt)
            {
                double centre = -logMoneyness + (w * w / 2), reach = Felt * w;
                if (centre + reach >= low && centre - reach <= high) narrowest = Math.Min(narrowest, w);
            }
            int steps = (int)Math.Ceiling((high - low) * StepsPerDeviation / narrowest);
            for (int i = 0; i < steps; i++) points.Add(low + ((high - low) * i / steps));
        }
        points.Add(Reach);
        return [.. points];
    }

    private double? Bisect(double low, double high)
    {
        int signAtLow = Math.Sign(Value(low));
        for (double middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
        {
            double value = Value(middle);
            // An underflowed zero is no root.
            if (value == 0 && Gross(middle) == 0) return null;
            if (Math.Sign(value) == signAtLow) low = middle;
            else high = middle;
        }
        return high;
    }

    /// <summary>Where sign·G is least, by golden section.</summary>
    private (double Shift, double Value) Least(double low, double high, double sign)
    {
        const double Golden = 0.6180339887498949;
        double left = high - (Golden * (high - low)), right = low + (Golden * (high - low));
        double atLeft = sign * Value(left), atRight = sign * Value(right);
        for (int round = 0; round < 48; round++)
        {
            if (atLeft < atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - (Golden * (high - low));
                atLeft = sign * Value(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + (Golden * (high - low));
                atRight = sign * Value(right);
            }
        }
        return atLeft < atRight ? (left, atLeft) : (right, atRight);
    }

    private static double Part(double scale, double logMoneyness, double w, double x)
    {
        double d1 = ((logMoneyness + x) / w) + (w / 2);
        return Math.Abs(d1) > 39 ? 0 : scale * Math.Exp(x - (d1 * d1 / 2)) * 0.3989422804014327 / w;
    }
}
