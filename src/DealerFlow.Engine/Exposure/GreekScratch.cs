using DealerFlow.Kernels;

namespace DealerFlow.Engine;

/// <summary>Room for the raw Greeks of one expiry; small enough to stay in the nearest cache.</summary>
internal sealed class GreekScratch(int length)
{
    public readonly double[] Gamma = new double[length];
    public readonly double[] CallDelta = new double[length];
    public readonly double[] PutDelta = new double[length];
    public readonly double[] Vanna = new double[length];
    public readonly double[] CallCharm = new double[length];
    public readonly double[] PutCharm = new double[length];

    public GreekColumns Columns(int count) => new()
    {
        Gamma = Gamma.AsSpan(0, count),
        CallDelta = CallDelta.AsSpan(0, count),
        PutDelta = PutDelta.AsSpan(0, count),
        Vanna = Vanna.AsSpan(0, count),
        CallCharm = CallCharm.AsSpan(0, count),
        PutCharm = PutCharm.AsSpan(0, count),
    };
}
