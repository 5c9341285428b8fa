using DealerFlow.Kernels;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// Which contract the next message is of: activity falls with rank as 1/rank (Zipf), contracts that settle today hold most of the first
/// ranks, and nearer to the money and to settlement comes first.
/// </summary>
internal sealed class ContractActivity
{
    private const double ZeroDteShare = 0.45;

    private readonly SyntheticChain _chain;
    private readonly double[] _weights;
    private AliasTable? _live;
    private long _nextSettlement;
    private SynthRandom _random;

    public ContractActivity(SyntheticChain chain, ulong seed, double spot, long startNanos)
    {
        _chain = chain;
        _random = new SynthRandom(seed, RandomStream.Contracts);
        _weights = new double[chain.Contracts.Length];
        int[] ranked = Rank(spot, startNanos);
        for (int rank = 0; rank < ranked.Length; rank++) _weights[ranked[rank]] = 1.0 / (rank + 1);
        DropSettled(startNanos);
    }

    /// <summary>False once everything has settled.</summary>
    public bool IsAnyLive => _live is not null;

    /// <summary>Index of the contract of the next message.</summary>
    public int Draw() => _live!.Draw(ref _random);

    /// <summary>Contracts that have settled by now are quoted no more.</summary>
    public void DropSettled(long nanos)
    {
        if (nanos < _nextSettlement) return;
        _nextSettlement = long.MaxValue;
        bool isAnyLive = false;
        for (int i = 0; i < _weights.Length; i++)
        {
            long settlement = _chain.Expiries[_chain.Contracts[i].Expiry].SettlementNanos;
            if (settlement <= nanos)
            {
                _weights[i] = 0;
                continue;
            }
            isAnyLive = true;
            _nextSettlement = Math.Min(_nextSettlement, settlement);
        }
        _live = isAnyLive ? new AliasTable(_weights) : null;
    }

    private int[] Rank(double spot, long startNanos)
    {
        int[] byDistance = [.. Enumerable.Range(0, _chain.Contracts.Length).OrderBy(contract => Distance(contract, spot, startNanos))];
        int[] zeroDte = [.. byDistance.Where(contract => _chain.IsZeroDte(contract, startNanos))];
        int[] others = [.. byDistance.Where(contract => !_chain.IsZeroDte(contract, startNanos))];
        int[] ranked = byDistance;
        // The share of the first ranks that gives today's contracts their share of the whole.
        for (int percent = 40; percent <= 100; percent++)
        {
            ranked = Interleave(zeroDte, others, percent / 100.0, out double share);
            if (share >= ZeroDteShare) break;
        }
        return ranked;
    }

    private static int[] Interleave(int[] zeroDte, int[] others, double aim, out double share)
    {
        var ranked = new int[zeroDte.Length + others.Length];
        int nextZeroDte = 0, nextOther = 0;
        double zeroDteWeight = 0, total = 0;
        for (int rank = 0; rank < ranked.Length; rank++)
        {
            double weight = 1.0 / (rank + 1);
            total += weight;
            bool takesZeroDte = nextOther == others.Length || (nextZeroDte < zeroDte.Length && zeroDteWeight <= aim * total);
            ranked[rank] = takesZeroDte ? zeroDte[nextZeroDte++] : others[nextOther++];
            if (takesZeroDte) zeroDteWeight += weight;
        }
        share = zeroDteWeight / total;
        return ranked;
    }

    // Deviations from the money, and a little for each doubling of the time left. In the money trades less.
    private double Distance(int contract, double spot, long startNanos)
    {
        ListedContract terms = _chain.Contracts[contract];
        ListedExpiry expiry = _chain.Expiries[terms.Expiry];
        double years = expiry.YearsAt(startNanos);
        double outwards = Functions.Log(terms.Strike / spot) / expiry.Smile.Deviation(0, years, level: 0);
        if (terms.Right == Market.OptionRight.Put) outwards = -outwards;
        double days = years * 365;
        return (outwards >= 0 ? outwards : -2 * outwards) + (0.35 * Functions.Log(1 + days)) + (terms.IsAdjusted ? 10 : 0);
    }
}
