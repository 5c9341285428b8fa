using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// The gamma profile: what the exposure would be if the underlying stood elsewhere at the same instant, every option repriced. It is made
/// as often as an outlook, so it carries its own mark.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct ProfileSection
{
    /// <summary>Points of the curve; the middle one is spot itself, towards it they lie closer.</summary>
    public const int Points = 61;

    /// <summary>ln(S/spot) of the last point; the first lies as far below.</summary>
    public const double Reach = 0.15;

    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = 16 + (Points * ProfileRow.SizeInBytes);

    /// <summary>The mark at which the profile was made; 0 before the first.</summary>
    [FieldOffset(0)] public long MarkTimeNanos;

    /// <summary>That mark's spot.</summary>
    [FieldOffset(8)] public double Spot;

    /// <summary>The curve, ascending.</summary>
    [FieldOffset(16)] public ProfileRows Rows;

    /// <summary>ln(S/spot) of a point: <see cref="Reach"/>·u·√|u| with u from −1 to 1 in equal steps.</summary>
    public static double ShiftOf(int point)
    {
        double u = (point - (Points / 2)) / (double)(Points / 2);
        return Reach * u * Math.Sqrt(Math.Abs(u));
    }
}

/// <summary>The profile at one spot: net GEX under every position model, 0DTE and the rest apart; together they are all expiries.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct ProfileRow
{
    /// <summary>Size of the row.</summary>
    public const int SizeInBytes = 8 + (2 * 8 * PositionModels.Count);

    /// <summary>Where the underlying stands.</summary>
    [FieldOffset(0)] public double Spot;

    /// <summary>Expiries that settle today, USD per 1 % move from there.</summary>
    [FieldOffset(8)] public CurvePerModel ZeroDte;

    /// <summary>All others, USD per 1 % move from there.</summary>
    [FieldOffset(8 + (8 * PositionModels.Count))] public CurvePerModel ExZeroDte;

    /// <summary>The net GEX of one bucket under one model, USD per 1 % move from there.</summary>
    public readonly double NetGex(PositionModel model, ExposureBucket bucket) => bucket switch
    {
        ExposureBucket.ZeroDte => ZeroDte[(int)model],
        ExposureBucket.ExZeroDte => ExZeroDte[(int)model],
        _ => ZeroDte[(int)model] + ExZeroDte[(int)model],
    };
}

/// <summary>The points of a profile.</summary>
[InlineArray(ProfileSection.Points)]
public struct ProfileRows
{
    private ProfileRow _first;
}

/// <summary>One value for each position model, in the order of <see cref="PositionModel"/>.</summary>
[InlineArray(PositionModels.Count)]
public struct CurvePerModel
{
    private double _first;
}
