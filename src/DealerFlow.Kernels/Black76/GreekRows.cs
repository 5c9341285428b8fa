namespace DealerFlow.Kernels;

/// <summary>Where <see cref="Black76"/> writes: raw derivatives per share, t being calendar time. Rows whose status is not Ok hold 0 everywhere.</summary>
public readonly ref struct GreekRows
{
    /// <summary>Ok, BelowIntrinsic, AboveMax, IllConditioned, Invalid or Expired.</summary>
    public required Span<QuoteStatus> Status { get; init; }

    /// <summary>w = σ√T.</summary>
    public required Span<double> TotalDeviation { get; init; }

    /// <summary>σ, per √year.</summary>
    public required Span<double> ImpliedVol { get; init; }

    /// <summary>∂V/∂S.</summary>
    public required Span<double> Delta { get; init; }

    /// <summary>∂²V/∂S², per unit of currency.</summary>
    public required Span<double> Gamma { get; init; }

    /// <summary>∂V/∂σ, currency per 1.00 of volatility.</summary>
    public required Span<double> Vega { get; init; }

    /// <summary>∂V/∂t, currency per year.</summary>
    public required Span<double> Theta { get; init; }

    /// <summary>∂²V/∂S∂σ, per 1.00 of volatility.</summary>
    public required Span<double> Vanna { get; init; }

    /// <summary>∂Δ/∂t, per year.</summary>
    public required Span<double> Charm { get; init; }

    /// <summary>∂²V/∂σ², currency per 1.00 of volatility squared.</summary>
    public required Span<double> Vomma { get; init; }

    /// <summary>∂Γ/∂S, per unit of currency squared.</summary>
    public required Span<double> Speed { get; init; }

    /// <summary>∂Γ/∂σ, per unit of currency and 1.00 of volatility.</summary>
    public required Span<double> Zomma { get; init; }

    /// <summary>∂Γ/∂t, per unit of currency and year.</summary>
    public required Span<double> Color { get; init; }

    internal GreekRows Slice(int start, int count) => new()
    {
        Status = Status.Slice(start, count),
        TotalDeviation = TotalDeviation.Slice(start, count),
        ImpliedVol = ImpliedVol.Slice(start, count),
        Delta = Delta.Slice(start, count),
        Gamma = Gamma.Slice(start, count),
        Vega = Vega.Slice(start, count),
        Theta = Theta.Slice(start, count),
        Vanna = Vanna.Slice(start, count),
        Charm = Charm.Slice(start, count),
        Vomma = Vomma.Slice(start, count),
        Speed = Speed.Slice(start, count),
        Zomma = Zomma.Slice(start, count),
        Color = Color.Slice(start, count),
    };

    internal void Clear(int row)
    {
        TotalDeviation[row] = 0;
        ImpliedVol[row] = 0;
        Delta[row] = 0;
        Gamma[row] = 0;
        Vega[row] = 0;
        Theta[row] = 0;
        Vanna[row] = 0;
        Charm[row] = 0;
        Vomma[row] = 0;
        Speed[row] = 0;
        Zomma[row] = 0;
        Color[row] = 0;
    }

    internal void CheckLengths(int length)
    {
        Columns.Check(length, Status.Length, nameof(Status));
        Columns.Check(length, TotalDeviation.Length, nameof(TotalDeviation));
        Columns.Check(length, ImpliedVol.Length, nameof(ImpliedVol));
        Columns.Check(length, Delta.Length, nameof(Delta));
        Columns.Check(length, Gamma.Length, nameof(Gamma));
        Columns.Check(length, Vega.Length, nameof(Vega));
        Columns.Check(length, Theta.Length, nameof(Theta));
        Columns.Check(length, Vanna.Length, nameof(Vanna));
        Columns.Check(length, Charm.Length, nameof(Charm));
        Columns.Check(length, Vomma.Length, nameof(Vomma));
        Columns.Check(length, Speed.Length, nameof(Speed));
        Columns.Check(length, Zomma.Length, nameof(Zomma));
        Columns.Check(length, Color.Length, nameof(Color));
    }
}
