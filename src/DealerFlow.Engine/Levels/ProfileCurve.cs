using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// The gamma profile as a curve to look at: G under every position model at the points of a <see cref="ProfileSection"/>. The same surface
/// that roots are searched on, so curve and roots agree.
/// </summary>
internal sealed class ProfileCurve
{
    private readonly NodeTable _nodes;
    private readonly ProfileBook _signed;               // every column as it is stored
    private readonly ProfileBook _unsigned;             // open interest without the sign of its puts: ShortBoth and Gross
    private readonly double[] _openInterest;
    private readonly GammaSurface _signedSurface, _unsignedSurface;
    private readonly double[] _shifts = new double[GammaSurface.Levels];
    private readonly ProfilePoint[] _points = new ProfilePoint[GammaSurface.Levels * ModelView.Columns];

    public ProfileCurve(NodeTable nodes, EngineOptions options)
    {
        _nodes = nodes;
        _openInterest = nodes.AddColumn(0.0);
        _signed = new ProfileBook(nodes, nodes.Deviation, PositionColumn.OpenInterest, ModelView.Columns, options.Stickiness);
        _unsigned = new ProfileBook(nodes, nodes.Deviation, _openInterest, options.Stickiness);
        _signedSurface = new GammaSurface(_signed, options.Lanes, GammaSurface.Felt);
        _unsignedSurface = new GammaSurface(_unsigned, options.Lanes, GammaSurface.Felt);
    }

    /// <summary>Parts that a curve can be made in, one after the other.</summary>
    public const int Parts = (ProfileSection.Points + GammaSurface.Levels - 1) / GammaSurface.Levels;

    /// <summary>An empty curve about a spot.</summary>
    public static void Begin(ref ProfileSection section, long markNanos, double spot)
    {
        section = default;
        (section.MarkTimeNanos, section.Spot) = (markNanos, spot);
        for (int point = 0; point < ProfileSection.Points; point++) section.Rows[point].Spot = spot * Functions.Exp(ProfileSection.ShiftOf(point));
    }

    /// <summary>Adds β²·G of this underlying, which moves by (S/S_m)^β where the curve's spot moves by S/S_m.</summary>
    public void Add(ref ProfileSection section, double spot, double beta)
    {
        Refresh();
        for (int part = 0; part < Parts; part++) AddPart(ref section, part, spot, beta);
    }

    /// <summary>Reads positions and terms; before the first part.</summary>
    public void Refresh()
    {
        double[] calls = _nodes.Weights.Call[(int)PositionColumn.OpenInterest], puts = _nodes.Weights.Put[(int)PositionColumn.OpenInterest];
        for (int i = 0; i < _openInterest.Length; i++) _openInterest[i] = calls[i] - puts[i];
        _signed.Refresh();
        _unsigned.Refresh();
    }

    /// <summary>Adds one part of the points.</summary>
    public void AddPart(ref ProfileSection section, int part, double spot, double beta)
    {
        double squared = beta * beta;
        int first = part * GammaSurface.Levels;
        Span<double> shifts = _shifts.AsSpan(0, Math.Min(GammaSurface.Levels, ProfileSection.Points - first));
        for (int i = 0; i < shifts.Length; i++) shifts[i] = beta * ProfileSection.ShiftOf(first + i);
        Evaluate(_signedSurface, _signed.Columns, spot, shifts);
        for (int i = 0; i < shifts.Length; i++)
            foreach (PositionModel model in ModelView.Models)
                if (_nodes.Weights.View(model) is { IsAsStored: true } view && (int)view.Column < _signed.Columns)
                    Add(ref section.Rows[first + i], model, squared, in _points[(i * _signed.Columns) + (int)view.Column]);
        Evaluate(_unsignedSurface, 1, spot, shifts);
        for (int i = 0; i < shifts.Length; i++)
        {
            Add(ref section.Rows[first + i], PositionModel.ShortBoth, -squared, in _points[i]);
            Add(ref section.Rows[first + i], PositionModel.Gross, squared, in _points[i]);
        }
    }

    private void Evaluate(GammaSurface surface, int columns, double spot, ReadOnlySpan<double> shifts) =>
        surface.At(spot, shifts, _points.AsSpan(0, shifts.Length * columns));

    private static void Add(ref ProfileRow row, PositionModel model, double scale, in ProfilePoint point)
    {
        row.ZeroDte[(int)model] += scale * point.ZeroDte;
        row.ExZeroDte[(int)model] += scale * point.Rest;
    }
}
