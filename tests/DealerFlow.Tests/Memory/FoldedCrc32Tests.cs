using System.IO.Hashing;
using System.Text;
using DealerFlow.Memory;
using Xunit;

namespace DealerFlow.Tests;

public class FoldedCrc32Tests
{
    [Fact]
    public void Nine_digits_have_the_checksum_of_the_catalogue() => Assert.Equal(0xCBF4_3926, FoldedCrc32.HashToUInt32(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void Every_length_at_every_place_has_the_checksum_of_the_library_whole_and_in_parts()
    {
        var random = new Random(12);
        byte[] data = new byte[120_000];
        random.NextBytes(data);
        var parts = new FoldedCrc32();
        foreach (int length in (IEnumerable<int>)[.. Enumerable.Range(0, 1_300), 4_095, 65_536, 109_080, 119_000])
        {
            ReadOnlySpan<byte> bytes = data.AsSpan(random.Next(33), length);
            uint expected = Crc32.HashToUInt32(bytes);
            Assert.Equal(expected, FoldedCrc32.HashToUInt32(bytes));
            int first = random.Next(length + 1), second = random.Next(first, length + 1);
            parts.Append(bytes[..first]);
            parts.Append(bytes[first..second]);
            parts.Append(bytes[second..]);
            Assert.Equal(expected, parts.GetCurrentHashAsUInt32());
            parts.Reset();
        }
    }

    [Fact]
    public void A_bit_that_flips_is_found_wherever_it_is()
    {
        byte[] data = new byte[700];
        new Random(13).NextBytes(data);
        uint whole = FoldedCrc32.HashToUInt32(data);
        for (int bit = 0; bit < 8 * data.Length; bit++)
        {
            data[bit >> 3] ^= (byte)(1 << (bit & 7));
            Assert.NotEqual(whole, FoldedCrc32.HashToUInt32(data));
            data[bit >> 3] ^= (byte)(1 << (bit & 7));
        }
    }
}
