using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Kernels;

/// <summary>The rule that every kernel's columns obey: one length, padded to the widest lane, so no remainder loop exists to be wrong.</summary>
public static class Columns
{
    /// <summary>Columns hold a multiple of this many doubles, whatever the width.</summary>
    public const int Padding = 8;

    /// <summary>The smallest column length that holds <paramref name="count"/> rows.</summary>
    public static int PaddedLength(int count) => checked((count + (Padding - 1)) & ~(Padding - 1));

    /// <summary>The lanes from <paramref name="row"/> on. Unchecked: a kernel checks its columns' lengths once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Load<TLanes>(ReadOnlySpan<double> column, nuint row) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Load(in MemoryMarshal.GetReference(column), row);

    /// <summary>Writes the lanes from <paramref name="row"/> on, as unchecked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<TLanes>(TLanes value, Span<double> column, nuint row) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Store(value, ref MemoryMarshal.GetReference(column), row);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(int length, int other, string name)
    {
        if (length != other || length % Padding != 0) ThrowLength(length, other, name);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CheckPositive(double value, string name)
    {
        if (!(value > 0 && value <= double.MaxValue)) ThrowNotPositive(value, name);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CheckFinite(double value, string name)
    {
        if (!double.IsFinite(value)) ThrowNotFinite(value, name);
    }

    [DoesNotReturn]
    internal static void ThrowUnknownWidth(LaneWidth width) =>
        throw new ArgumentOutOfRangeException(nameof(width), $"Lane width {(int)width} does not exist; use 1, 2, 4 or 8, or LaneDispatch.Best.");

    [DoesNotReturn]
    private static void ThrowLength(int length, int other, string name) => throw new ArgumentException(
        $"Column '{name}' has {other} rows, the first column {length}; all must have one length that is a multiple of {Padding}: pad them.", name);

    [DoesNotReturn]
    private static void ThrowNotPositive(double value, string name) =>
        throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; it must be positive and finite."), name);

    [DoesNotReturn]
    private static void ThrowNotFinite(double value, string name) =>
        throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; it must be finite."), name);
}
