using System.Runtime.InteropServices;
using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Comparison of results as bytes: comparing doubles would let 0.0 pass for −0.0 and no NaN equal itself.</summary>
internal static class SameBits
{
    /// <summary>Every width there is; the first is the reference.</summary>
    public static readonly LaneWidth[] Widths = [LaneWidth.One, LaneWidth.Two, LaneWidth.Four, LaneWidth.Eight];

    public static void Assert<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string what) where T : unmanaged
    {
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual))) return;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!MemoryMarshal.AsBytes(expected.Slice(i, 1)).SequenceEqual(MemoryMarshal.AsBytes(actual.Slice(i, 1))))
                Xunit.Assert.Fail($"{what}: row {i} of {expected.Length} is {actual[i]:R}, the scalar reference {expected[i]:R}.");
        }
    }
}
