namespace DealerFlow.Kernels;

/// <summary>
/// A register full of doubles. Kernels are written once against this interface and instantiated per width; F64x1 is the reference.
/// </summary>
/// <remarks>
/// Every member is one correctly rounded operation per lane (or an exact one), so a kernel gives the same bits at every width,
/// with or without hardware support. Nothing here contracts or estimates. A mask is a value whose lanes have all bits set or none.
/// Only the payload of a NaN made from NaNs may differ: kernels never let one out.
/// </remarks>
public interface ILanes<TSelf> where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Lanes per value: 1, 2, 4 or 8.</summary>
    static abstract int Count { get; }

    /// <summary>The lanes at <paramref name="source"/>[index], <paramref name="source"/>[index + 1], …</summary>
    static abstract TSelf Load(ref readonly double source, nuint index);

    /// <summary>Writes the lanes to <paramref name="target"/>[index], <paramref name="target"/>[index + 1], …</summary>
    static abstract void Store(TSelf value, ref double target, nuint index);

    /// <summary>The same number in every lane.</summary>
    static abstract TSelf Broadcast(double value);

    static abstract TSelf operator +(TSelf left, TSelf right);
    static abstract TSelf operator -(TSelf left, TSelf right);
    static abstract TSelf operator *(TSelf left, TSelf right);
    static abstract TSelf operator /(TSelf left, TSelf right);
    static abstract TSelf operator -(TSelf value);

    /// <summary>a·b + c with one rounding, always.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>c − a·b with one rounding, always.</summary>
    static abstract TSelf NegatedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Sqrt(TSelf value);

    static abstract TSelf Abs(TSelf value);

    /// <summary>left &lt; right ? left : right, so a NaN on the left gives <paramref name="right"/>.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>left &gt; right ? left : right, so a NaN on the left gives <paramref name="right"/>.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>To the nearest integer, half to even.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>Mask of left &lt; right; false where a NaN takes part.</summary>
    static abstract TSelf LessThan(TSelf left, TSelf right);

    /// <summary>Mask of left ≤ right; false where a NaN takes part.</summary>
    static abstract TSelf LessThanOrEqual(TSelf left, TSelf right);

    /// <summary>Mask of left = right; false where a NaN takes part.</summary>
    static abstract TSelf Equal(TSelf left, TSelf right);

    /// <summary>Both masks.</summary>
    static abstract TSelf And(TSelf left, TSelf right);

    /// <summary>Either mask.</summary>
    static abstract TSelf Or(TSelf left, TSelf right);

    /// <summary>Where the mask is set <paramref name="whenSet"/>, else <paramref name="otherwise"/>.</summary>
    static abstract TSelf Select(TSelf mask, TSelf whenSet, TSelf otherwise);

    /// <summary>Whether the mask is set in every lane.</summary>
    static abstract bool All(TSelf mask);

    /// <summary>value·2^exponent, rounded once, also into the subnormals; <paramref name="value"/> in [0.5, 2], integral |exponent| ≤ 1080.</summary>
    static abstract TSelf ScaleByPowerOfTwo(TSelf value, TSelf exponent);

    /// <summary>Writes a positive normal number as mantissa·2^exponent with the mantissa in [√½, √2).</summary>
    static abstract void Split(TSelf value, out TSelf mantissa, out TSelf exponent);
}

/// <summary>Bit patterns that the widths share in <see cref="ILanes{TSelf}.Split"/> and <see cref="ILanes{TSelf}.ScaleByPowerOfTwo"/>.</summary>
internal static class DoubleBits
{
    /// <summary>√½, rounded.</summary>
    public const long SqrtHalf = 0x3FE6A09E667F3BCD;

    /// <summary>1024 in the exponent field: keeps the field of a difference of exponents positive, so that a logical shift reads it.</summary>
    public const long ExponentOffset = 1024L << 52;

    /// <summary>Bits of 2^52: an integer added to them becomes, read as a double, 2^52 plus that integer.</summary>
    public const long TwoTo52 = 0x4330000000000000;

    /// <summary>2^52 + 1024: takes both offsets off again.</summary>
    public const double TwoTo52Plus1024 = 4503599627370496.0 + 1024.0;

    /// <summary>2^52 + 1023: added to an integral n, the low bits are the exponent field of 2^n.</summary>
    public const double TwoTo52Plus1023 = 4503599627370496.0 + 1023.0;

    /// <summary>Width of the fraction field.</summary>
    public const int FractionBits = 52;
}
