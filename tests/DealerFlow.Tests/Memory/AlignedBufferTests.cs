using System.Runtime.CompilerServices;
using DealerFlow.Memory;
using Xunit;

namespace DealerFlow.Tests;

public class AlignedBufferTests
{
    [Theory]
    [InlineData(0, 128)]
    [InlineData(1, 64)]
    [InlineData(7, 128)]
    [InlineData(4097, 4096)]
    public unsafe void A_buffer_starts_on_its_boundary_and_is_zeroed(int length, int alignment)
    {
        for (int round = 0; round < 8; round++)                     // the allocator hands dirty memory back
        {
            using var buffer = new AlignedBuffer<double>(length, alignment);
            Assert.Equal(length, buffer.Length);
            Assert.Equal(length, buffer.Span.Length);
            Assert.Equal(0UL, (nuint)Unsafe.AsPointer(ref buffer.First) % (nuint)alignment);
            Assert.Equal(-1, buffer.Span.IndexOfAnyExcept(0.0));
            buffer.Span.Fill(1.5);
        }
    }

    [Fact]
    public void What_is_written_through_the_span_is_read_through_the_first_element()
    {
        using var buffer = new AlignedBuffer<ulong>(10);
        for (int i = 0; i < 10; i++) buffer.Span[i] = (ulong)i;
        Assert.Equal(7UL, Unsafe.Add(ref buffer.First, 7));
        Assert.Equal(CacheLine.Stride, buffer.Alignment);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-64)]
    [InlineData(96)]
    public void An_alignment_that_is_no_power_of_two_is_refused(int alignment) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer<int>(1, alignment));

    [Fact]
    public void A_negative_length_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer<int>(-1));

    [Fact]
    public void A_freed_buffer_shows_nothing()
    {
        var buffer = new AlignedBuffer<int>(4);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => buffer.First);
    }
}
