using CsCheck;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class PackedColumnTests
{
    // Values with a few that need many more bits: all widths, listed and mapped patches, every length around a run.
    private static readonly Gen<uint[]> Columns =
        from width in Gen.Int[0, 32]
        from patchShare in Gen.Int[0, 100]
        from length in Gen.OneOf(Gen.Int[0, 40], Gen.Int[250, 262], Gen.Int[500, 800])
        from offset in Gen.OneOf(Gen.Const(0u), Gen.UInt)
        from values in Gen.Select(Gen.UInt, Gen.Int[0, 99]).Array[length]
        select values.Select(v => offset + (v.Item2 < patchShare ? v.Item1 : v.Item1 & (uint)((1UL << width) - 1))).ToArray();

    // width, patchWidth, [patches,] low bits, [positions, high bits]; worked out by hand.
    public static TheoryData<uint[], string> ByHand => new()
    {
        { [0, 0, 0], "" },
        { [7, 7, 7], "07000000 0000" },
        { [1, 2, 3, 4], "01000000 0200 E4" },               // 0, 1, 2, 3 of two bits: 11 10 01 00
        { [5, 6, 5, 5, 5, 5, 5, 5, 5], "05000000 0100 0200" },
        { [0, 0, 0, 0, 0, 0, 0, 0, 0x300], "00000000 000A 00 08 0003" },    // one patch of ten bits at place 8
    };

    [Theory, MemberData(nameof(ByHand))]
    public void A_small_column_has_the_bytes_worked_out_by_hand(uint[] values, string hex)
    {
        byte[] bytes = new byte[PackedColumn.MaxEncodedBytes(values.Length)];
        int length = PackedColumn.Encode(values, bytes);
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(bytes.AsSpan(0, length)));
        uint[] decoded = new uint[values.Length];
        Assert.True(PackedColumn.TryDecode(bytes.AsSpan(0, length), decoded));
        Assert.Equal(values, decoded);
    }

    [Fact]
    public void Encoding_and_decoding_gives_the_values_back() => Columns.Sample(values =>
    {
        byte[] bytes = new byte[PackedColumn.MaxEncodedBytes(values.Length)];
        int length = PackedColumn.Encode(values, bytes);
        Assert.InRange(length, 0, bytes.Length);
        uint[] decoded = new uint[values.Length];
        Assert.True(PackedColumn.TryDecode(bytes.AsSpan(0, length), decoded));
        Assert.Equal(values, decoded);
    });

    [Fact]
    public void What_lies_behind_the_packed_bytes_does_not_matter() => Columns.Sample(values =>
    {
        // Room behind the column lets the vector path go to its end; without room the scalar path takes over earlier.
        byte[] bytes = new byte[PackedColumn.MaxEncodedBytes(values.Length) + 64];
        bytes.AsSpan().Fill(0xFF);
        int length = PackedColumn.Encode(values, bytes);
        Assert.True(PackedColumnReader.TryOpen(bytes, 0, length, out PackedColumnReader reader));
        uint[] decoded = new uint[values.Length];
        for (int first = 0; first < values.Length; first += PackedColumn.RunLength)
            Assert.True(reader.TryNext(bytes, decoded.AsSpan(first, Math.Min(PackedColumn.RunLength, values.Length - first))));
        Assert.True(reader.IsExhausted);
        Assert.Equal(values, decoded);
    });

    [Fact]
    public void A_column_that_does_not_fit_is_not_written() => Columns.Where(values => values.Length > 0).Sample(values =>
    {
        byte[] bytes = new byte[PackedColumn.MaxEncodedBytes(values.Length)];
        int length = PackedColumn.Encode(values, bytes);
        if (length > 0) Assert.Equal(-1, PackedColumn.Encode(values, bytes.AsSpan(0, length - 1)));
    });

    [Fact]
    public void A_column_that_ends_early_is_refused_at_every_byte() => Columns.Sample(values =>
    {
        byte[] bytes = new byte[PackedColumn.MaxEncodedBytes(values.Length)];
        int length = PackedColumn.Encode(values, bytes);
        uint[] decoded = new uint[values.Length];
        for (int cut = 1; cut < length; cut++) Assert.False(PackedColumn.TryDecode(bytes.AsSpan(0, cut), decoded));
        if (length > 0) Assert.False(PackedColumn.TryDecode(bytes.AsSpan(0, length).ToArray().Append((byte)0).ToArray(), decoded));
    }, iter: 20);

    [Fact]
    public void Any_bytes_give_an_answer() => Gen.Select(Gen.Byte.Array[0, 600], Gen.Int[0, 600]).Sample((bytes, count) =>
    {
        if (bytes.Length > 5) (bytes[4], bytes[5]) = ((byte)(bytes[4] % 34), (byte)(bytes[5] % 34));
        PackedColumn.TryDecode(bytes, new uint[count]);
    });
}
