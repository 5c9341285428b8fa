using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// European equivalents of the American quotes of a one-shot chain, off the hot path: early-exercise premiums of both sides of every
/// node, and the forwards that follow once quotes are read without them.
/// </summary>
/// <remarks>
/// Premiums need a forward, and the forward needs premiums: the first comes from pairs so close to spot that early exercise hardly
/// bends them, and two or three rounds settle both.
/// </remarks>
internal sealed class AmericanQuotes
{
    private const int MostRounds = 4;
    private const double SettledForward = 1e-6;
    private const double UnknownTick = 0.01;

    private readonly NodeTable _nodes;
    private readonly EngineOptions _options;
    private readonly MarkTerms _terms;
    private readonly EarlyExercise _exercise;

    public AmericanQuotes(NodeTable nodes, EngineOptions options, MarkTerms terms)
    {
        _nodes = nodes;
        _options = options;
        _terms = terms;
        _exercise = new EarlyExercise(options.Lanes);
        if (Array.Exists(nodes.Segments, IsAmerican)) nodes.AddExerciseColumns();
    }

    public ExerciseCounts Counts { get; private set; }

    /// <summary>Fills the premiums of every American expiry and fits its forward again. Call once forwards have been set.</summary>
    public void MakeEuropean(double spot)
    {
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired || !IsAmerican(segment)) continue;
            if (_options.ForwardMode == ForwardMode.Parity) SettleForward(segment, spot);
            AmericanTerms terms = Terms(segment, spot);
            for (int i = segment.Start; i < segment.End; i++) MakeEuropean(segment, terms, i, bothSides: false);
            segment.HasExercisePremiums = true;
        }
    }

    /// <summary>Counts the nodes where the right to exercise early is worth something. Call once every node has its w.</summary>
    public void FindZones(double spot)
    {
        int premium = 0, immediate = 0, american = 0;
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired || !segment.HasExercisePremiums) continue;
            AmericanTerms terms = Terms(segment, spot);
            for (int i = segment.Start; i < segment.End; i++)
            {
                ExerciseZone call = ExerciseZone.None, put = ExerciseZone.None;
                if (segment.IsPriced)
                {
                    call = ZoneOf(segment, terms, i, isCall: true);
                    put = ZoneOf(segment, terms, i, isCall: false);
                }
                _nodes.Zone[i] = call > put ? call : put;
                american++;
                if (_nodes.Zone[i] == ExerciseZone.Premium) premium++;
                if (_nodes.Zone[i] == ExerciseZone.Immediate) immediate++;
            }
        }
        Counts = new ExerciseCounts(american, premium, immediate);
    }

    private static bool IsAmerican(ExpirySegment segment) => segment.Exercise == ExerciseKind.American;

    private AmericanTerms Terms(ExpirySegment segment, double spot) =>
        new(spot, segment.Forward, _options.Rate, segment.Years, _terms.Dividends);

    private void SettleForward(ExpirySegment segment, double spot)
    {
        segment.HasExercisePremiums = true;
        double window = ParityForward.NarrowWindow;
        for (int round = 0; round < MostRounds; round++)
        {
            double before = segment.Forward;
            MakePairsEuropean(segment, spot, window);
            if (!_terms.TryRefit(segment, spot))
            {
                if (window == ParityForward.WideWindow) break;
                window = ParityForward.WideWindow;
            }
            else if (Math.Abs(segment.Forward - before) <= SettledForward * before)
            {
                break;
            }
        }
    }

    private void MakePairsEuropean(ExpirySegment segment, double spot, double window)
    {
        AmericanTerms terms = Terms(segment, spot);
        int first = _nodes.FirstAtOrAbove(segment, spot * (1 - window));
        for (int i = first; i < segment.End && _nodes.Strike[i] <= spot * (1 + window); i++)
            if (_nodes.Calls.IsTwoSided(i) && _nodes.Puts.IsTwoSided(i)) MakeEuropean(segment, terms, i, bothSides: true);
    }

    /// <summary>w from the out-of-the-money side, and the premiums that go with it.</summary>
    private void MakeEuropean(ExpirySegment segment, in AmericanTerms terms, int node, bool bothSides)
    {
        double strike = _nodes.Strike[node];
        bool isCall = strike >= segment.Forward;
        NodeSideColumns side = isCall ? _nodes.Calls : _nodes.Puts;
        _nodes.EquivalentStatus[node] = QuoteStatus.Missing;
        if (!side.IsTwoSided(node)) return;
        EuropeanEquivalent equivalent = _exercise.Deamericanise(terms, strike, (side.BidPrice(node) + side.AskPrice(node)) / 2, isCall);
        _nodes.EquivalentStatus[node] = equivalent.Status;
        side.ExercisePremium[node] = equivalent.Premium;
        if (equivalent.Status != QuoteStatus.Ok || !bothSides) return;
        if (_exercise.TryValue(terms, strike, equivalent.TotalDeviation, !isCall, out AmericanValue other))
            (isCall ? _nodes.Puts : _nodes.Calls).ExercisePremium[node] = other.Premium;
        else
            _nodes.EquivalentStatus[node] = QuoteStatus.Invalid;
    }

    private ExerciseZone ZoneOf(ExpirySegment segment, in AmericanTerms terms, int node, bool isCall)
    {
        NodeSideColumns side = isCall ? _nodes.Calls : _nodes.Puts;
        double tick = side.TickMills[node] == 0 ? UnknownTick : side.TickMills[node] / 1000.0;
        bool isQuotedSide = isCall == _nodes.Strike[node] >= segment.Forward;
        if (isQuotedSide && _nodes.EquivalentStatus[node] == QuoteStatus.Ok)
            return side.ExercisePremium[node] >= tick / 2 ? ExerciseZone.Premium : ExerciseZone.None;
        if (!_exercise.TryValue(terms, _nodes.Strike[node], _nodes.Deviation[node], isCall, out AmericanValue value)) return ExerciseZone.None;
        return value.IsImmediate ? ExerciseZone.Immediate : value.Premium >= tick / 2 ? ExerciseZone.Premium : ExerciseZone.None;
    }
}

/// <summary>Nodes by what early exercise is worth there.</summary>
/// <param name="American">Live nodes whose quotes were made European.</param>
/// <param name="Premium">Those where early exercise is worth at least half a tick on one side.</param>
/// <param name="Immediate">Those where exercising one side now is optimal.</param>
public readonly record struct ExerciseCounts(int American, int Premium, int Immediate);
