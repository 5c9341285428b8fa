namespace DealerFlow.Tests;

/// <summary>
/// Every root of the gamma profile G(S) of section 7 with x = ln(S/S_m) in [−0.5, 0.5], w held per strike: a scan with an eighth of the
/// narrowest w as its step, then bisection down to neighbouring doubles.
/// </summary>
public sealed class ScalarZeroGammaSearch
{
    private const double Reach = 0.5;
    private readonly double _spot;
    private readonly List<Term> _terms = [];

    /// <summary>One node: (scale·eˣ)·φ(d1)/w with d1 = (logMoneyness + x)/w + w/2, where scale = 0.01·D·F_m·m·N.</summary>
    private readonly record struct Term(double Scale, double LogMoneyness, double W);

    private ScalarZeroGammaSearch(IEnumerable<ScalarExpiry> expiries, double spot)
    {
        _spot = spot;
        foreach (ScalarExpiry expiry in expiries.Where(expiry => !expiry.IsUnpriced))
            foreach (ScalarNode node in expiry.Nodes.Where(node => node.CallOpenInterest != node.PutOpenInterest))
            {
                double position = 100.0 * (node.CallOpenInterest - node.PutOpenInterest);
                double scale = 0.01 * expiry.Discount * expiry.Forward * position;
                _terms.Add(new Term(scale, Math.Log(expiry.Forward / node.Strike), node.W!.Value));
            }
    }

    /// <summary>Finds all roots of the bucket that these expiries form.</summary>
    public static ScalarZeroGamma Find(IReadOnlyList<ScalarExpiry> expiries, double spot)
    {
        // A bucket in which nothing is left is no bucket without prices.
        if (expiries.Count > 0 && expiries.All(expiry => expiry.IsUnpriced)) return new ScalarZeroGamma(ScalarZeroGammaStatus.Unpriced, [], null, 0, []);
        var search = new ScalarZeroGammaSearch(expiries, spot);
        IReadOnlyList<ScalarRoot> changes = search._terms.Count == 0 ? [] : search.SignChanges();
        var roots = changes.Where(root => root.Lobe > 1e-9).ToList();
        ScalarRoot? chosen = roots.OrderBy(root => Math.Abs(root.LogOffset)).ThenBy(root => root.LogOffset).FirstOrDefault();
        ScalarZeroGammaStatus status = chosen is null ? ScalarZeroGammaStatus.None : ScalarZeroGammaStatus.Found;
        return new ScalarZeroGamma(status, roots, chosen, Math.Sign(search.Profile(0)), [.. changes.Except(roots)]);
    }

    private List<ScalarRoot> SignChanges()
    {
        int steps = (int)Math.Ceiling(2 * Reach / (_terms.Min(term => term.W) / 8));
        double[] x = [.. Enumerable.Range(0, steps + 1).Select(i => -Reach + 2 * Reach * i / steps)];
        double[] g = [.. x.Select(Profile)];
        double gross = _terms.Sum(term => Math.Abs(Value(term, 0)));

        // Brackets are pairs of grid points of opposite sign, next to each other or with one exact zero between them.
        // A longer run of zeros is underflow, which is no root.
        var brackets = new List<(int Left, int Right)>();
        for (int left = 0; left < steps; left++)
        {
            int right = g[left + 1] == 0 && left + 2 <= steps ? left + 2 : left + 1;
            if (Math.Sign(g[left]) * Math.Sign(g[right]) < 0) brackets.Add((left, right));
        }

        // A root counts if |G| exceeds 1e-9 of gross on each side of it before the next root or the end.
        var changes = new List<ScalarRoot>();
        for (int i = 0; i < brackets.Count; i++)
        {
            int from = i == 0 ? 0 : brackets[i - 1].Right, to = i == brackets.Count - 1 ? steps : brackets[i + 1].Left;
            double lobe = Math.Min(Largest(from, brackets[i].Left), Largest(brackets[i].Right, to)) / gross;
            changes.Add(Polish(x[brackets[i].Left], x[brackets[i].Right], lobe));
        }
        return changes;

        double Largest(int from, int to) => g[from..(to + 1)].Max(Math.Abs);
    }

    private ScalarRoot Polish(double low, double high, double lobe)
    {
        int signAtLow = Math.Sign(Profile(low));
        for (double middle = low + (high - low) / 2; middle > low && middle < high; middle = low + (high - low) / 2)
        {
            if (Math.Sign(Profile(middle)) == signAtLow) low = middle; else high = middle;
        }
        return new ScalarRoot(_spot * Math.Exp(high), high, Slope(high), lobe);
    }

    private double Profile(double x)
    {
        double sum = 0;
        foreach (Term term in _terms) sum += Value(term, x);
        return sum;
    }

    private static double Value(Term term, double x)
    {
        double d1 = (term.LogMoneyness + x) / term.W + term.W / 2;
        if (Math.Abs(d1) > 39) return 0; // φ(39) is zero in double precision
        return term.Scale * Math.Exp(x) * ScalarBlack.NormalDensity(d1) / term.W;
    }

    // G′(S) = Σ 0.01·D·(F/S)·(φ(d1)/w)·(1 − d1/w)·m·N
    private double Slope(double x)
    {
        double sum = 0;
        foreach (Term term in _terms)
        {
            double d1 = (term.LogMoneyness + x) / term.W + term.W / 2;
            sum += Value(term, x) * (1 - d1 / term.W);
        }
        return sum / (_spot * Math.Exp(x));
    }
}
