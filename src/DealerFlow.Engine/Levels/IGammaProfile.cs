using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>A gamma profile that can be looked at anywhere, sampled finely enough that no density hides between two samples.</summary>
internal interface IGammaProfile
{
    /// <summary>Position columns in use.</summary>
    int Columns { get; }

    /// <summary>Samples, ascending.</summary>
    int Count { get; }

    /// <summary>The sample at spot itself.</summary>
    int AtSpot { get; }

    /// <summary>ln(S/S_m) of a sample.</summary>
    double Shift(int index);

    /// <summary>The profile of one column at a sample.</summary>
    ProfilePoint Sample(int index, int column);

    /// <summary>The profile of one column at any shift; only what a bucket needs.</summary>
    ProfilePoint At(double logShift, int column, ExposureBucket bucket);
}
