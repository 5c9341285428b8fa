using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Exact totals of one position column over an expiry or a bucket, call side and put side apart, 1/1024 USD.</summary>
internal struct ColumnTotals
{
    /// <summary>Contributions that an Int64 sum holds without wrapping: each is at most 2·2^53.</summary>
    public const int MaxPerSum = 256;

    public Int128 CallGex, PutGex, CallDex, PutDex, CallVex, PutVex, CallChex, PutChex;

    /// <summary>Σ |call + put GEX of a node|.</summary>
    public Int128 GrossAsStored;

    /// <summary>Σ |call − put GEX of a node|: gross for models in which one side has the opposite sign.</summary>
    public Int128 GrossOpposed;

    /// <summary>Adds one node's contribution.</summary>
    public void operator +=(in NodeExposure node)
    {
        CallGex += node.CallGex;
        PutGex += node.PutGex;
        CallDex += node.CallDex;
        PutDex += node.PutDex;
        CallVex += node.CallVex;
        PutVex += node.PutVex;
        CallChex += node.CallChex;
        PutChex += node.PutChex;
        GrossAsStored += Math.Abs(node.CallGex + node.PutGex);
        GrossOpposed += Math.Abs(node.CallGex - node.PutGex);
    }

    /// <summary>Adds another sum.</summary>
    public void operator +=(in ColumnTotals other)
    {
        CallGex += other.CallGex;
        PutGex += other.PutGex;
        CallDex += other.CallDex;
        PutDex += other.PutDex;
        CallVex += other.CallVex;
        PutVex += other.PutVex;
        CallChex += other.CallChex;
        PutChex += other.PutChex;
        GrossAsStored += other.GrossAsStored;
        GrossOpposed += other.GrossOpposed;
    }

    /// <summary>Takes one node's contribution away.</summary>
    public void operator -=(in NodeExposure node)
    {
        CallGex -= node.CallGex;
        PutGex -= node.PutGex;
        CallDex -= node.CallDex;
        PutDex -= node.PutDex;
        CallVex -= node.CallVex;
        PutVex -= node.PutVex;
        CallChex -= node.CallChex;
        PutChex -= node.PutChex;
        GrossAsStored -= Math.Abs(node.CallGex + node.PutGex);
        GrossOpposed -= Math.Abs(node.CallGex - node.PutGex);
    }

    /// <summary>These positions as a model reads them.</summary>
    public readonly ExposureTotals Of(ModelView view) => new()
    {
        CallGex = view.CallSign * CallGex,
        PutGex = view.PutSign * PutGex,
        GrossGex = view.IsAsStored ? GrossAsStored : GrossOpposed,
        Dex = (view.CallSign * CallDex) + (view.PutSign * PutDex),
        Vex = (view.CallSign * CallVex) + (view.PutSign * PutVex),
        Chex = (view.CallSign * CallChex) + (view.PutSign * PutChex),
    };
}

/// <summary>Exact totals of an expiry or a bucket under one position model, 1/1024 USD.</summary>
internal record struct ExposureTotals(Int128 CallGex, Int128 PutGex, Int128 GrossGex, Int128 Dex, Int128 Vex, Int128 Chex)
{
    public readonly Int128 NetGex => CallGex + PutGex;

    /// <summary>Adds another sum.</summary>
    public void operator +=(in ExposureTotals other)
    {
        CallGex += other.CallGex;
        PutGex += other.PutGex;
        GrossGex += other.GrossGex;
        Dex += other.Dex;
        Vex += other.Vex;
        Chex += other.Chex;
    }

    /// <summary>Every sum fits the 64 bits of a snapshot.</summary>
    public readonly bool Fits =>
        Fit(CallGex) && Fit(PutGex) && Fit(NetGex) && Fit(GrossGex) && Fit(Dex) && Fit(Vex) && Fit(Chex);

    public readonly double GrossUsd => (double)GrossGex / MoneyGrid.UnitsPerUsd;

    private static bool Fit(Int128 value) => value >= long.MinValue && value <= long.MaxValue;
}
