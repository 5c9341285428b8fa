using System.Numerics;
using System.Runtime.CompilerServices;
using DealerFlow.Kernels;

namespace DealerFlow.Cli.Synth;

/// <summary>What a stream of random numbers is for. Each purpose has its own, so that drawing more for one never shifts another.</summary>
internal enum RandomStream
{
    Path = 1,
    Arrivals = 2,
    Contracts = 3,
    Quotes = 4,
    Venues = 5,
    Sizes = 6,
    Trades = 7,
    OpenInterest = 8,
    SpotTimes = 9,
    TradeReports = 10,
    Underlyings = 11,
    Shares = 12,
}

/// <summary>
/// xoshiro256** seeded by SplitMix64: integer arithmetic only, hence the same numbers on every machine. A mutable struct; keep it in
/// a field that is not readonly.
/// </summary>
/// <remarks>Source: D. Blackman, S. Vigna, Scrambled linear pseudorandom number generators (2021); both are in the public domain.</remarks>
internal struct SynthRandom
{
    private const double UnitOf53Bits = 1.0 / (1L << 53);

    private ulong _a, _b, _c, _d;

    public SynthRandom(ulong seed, RandomStream stream)
    {
        ulong state = seed;
        state = SplitMix(ref state) + (ulong)stream;
        _a = SplitMix(ref state);
        _b = SplitMix(ref state);
        _c = SplitMix(ref state);
        _d = SplitMix(ref state);
    }

    /// <summary>64 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double NextUnit() => (Next() >> 11) * UnitOf53Bits;

    /// <summary>Uniform on 0 … <paramref name="limit"/> − 1; the bias of at most limit/2³² is far below what a tape can show.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int NextBelow(int limit) => (int)(((Next() >> 32) * (uint)limit) >> 32);

    /// <summary>Exponential with mean 1.</summary>
    public double NextExponential() => -Functions.Log(NextOpenUnit());

    /// <summary>Standard normal.</summary>
    public double NextNormal() => Functions.InverseNormalCdf(NextOpenUnit());

    // Never 0 and never 1.
    private double NextOpenUnit() => ((Next() >> 12) + 0.5) * (2 * UnitOf53Bits);

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E37_79B9_7F4A_7C15;
        ulong mixed = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
