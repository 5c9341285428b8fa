namespace DealerFlow.Engine;

/// <summary>Exact totals of an expiry or a bucket, 1/1024 USD.</summary>
internal struct ExposureTotals : IEquatable<ExposureTotals>
{
    public Int128 CallGex;
    public Int128 PutGex;
    public Int128 GrossGex;
    public Int128 Dex;
    public Int128 Vex;
    public Int128 Chex;

    public readonly Int128 NetGex => CallGex + PutGex;

    /// <summary>Adds one node's contribution.</summary>
    public void operator +=(in NodeExposure node)
    {
        CallGex += node.CallGex;
        PutGex += node.PutGex;
        GrossGex += Math.Abs(node.CallGex + node.PutGex);
        Dex += node.Dex;
        Vex += node.Vex;
        Chex += node.Chex;
    }

    /// <summary>Takes one node's contribution away.</summary>
    public void operator -=(in NodeExposure node)
    {
        CallGex -= node.CallGex;
        PutGex -= node.PutGex;
        GrossGex -= Math.Abs(node.CallGex + node.PutGex);
        Dex -= node.Dex;
        Vex -= node.Vex;
        Chex -= node.Chex;
    }

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

    public readonly bool Equals(ExposureTotals other) =>
        CallGex == other.CallGex && PutGex == other.PutGex && GrossGex == other.GrossGex
        && Dex == other.Dex && Vex == other.Vex && Chex == other.Chex;

    public override readonly bool Equals(object? obj) => obj is ExposureTotals other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(CallGex, PutGex, GrossGex, Dex, Vex, Chex);
}
