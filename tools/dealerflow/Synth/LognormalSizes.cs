using System.Runtime.CompilerServices;
using DealerFlow.Kernels;

namespace DealerFlow.Cli.Synth;

/// <summary>Lognormal numbers of contracts, at least 1, saturating at what 16 bits hold: a table of quantiles, so that a draw is one look.</summary>
internal sealed class LognormalSizes
{
    private const int Quantiles = 1 << 14;

    private readonly ushort[] _sizes = new ushort[Quantiles];

    /// <param name="median">Contracts.</param>
    /// <param name="sigma">Standard deviation of the logarithm.</param>
    public LognormalSizes(double median, double sigma)
    {
        for (int i = 0; i < Quantiles; i++)
        {
            double z = Functions.InverseNormalCdf((i + 0.5) / Quantiles);
            _sizes[i] = (ushort)Math.Clamp(Math.Round(median * Functions.Exp(sigma * z)), 1, ushort.MaxValue);
        }
    }

    /// <summary>The size at 14 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort At(ulong bits) => _sizes[(int)(bits & (Quantiles - 1))];
}
