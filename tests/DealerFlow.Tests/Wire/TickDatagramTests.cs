using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>The bytes of a datagram lie where docs/wire-format.md says.</summary>
public class TickDatagramTests
{
    [Fact]
    public void Fields_lie_where_the_format_says()
    {
        Tick[] ticks = [Tick.Spot(5, 6, 7), Tick.OpenInterest(8, 9, 10)];
        byte[] bytes = new byte[TickDatagramHeader.SizeInBytes + (ticks.Length * Tick.SizeInBytes)];
        int length = TickDatagramHeader.Write(0x0102030405060708, 0x0A0B, 0x1112131415161718, ticks, TickDatagramFlags.End, bytes);
        Assert.Equal(bytes.Length, length);
        Assert.Equal(32, Unsafe.SizeOf<TickDatagramHeader>());
        Assert.Equal("DFTK", Encoding.ASCII.GetString(bytes, 0, 4));
        Assert.Equal((1, 1), (bytes[4], bytes[5]));
        Assert.Equal(2, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(6)));
        Assert.Equal(0x0102030405060708ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)));
        Assert.Equal(0x1112131415161718ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)));
        Assert.Equal(0x0A0B, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(24)));
        Assert.Equal(new byte[6], bytes[26..32]);
        Assert.Equal(5, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(32)));
        Assert.Equal(8, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(64)));
        Assert.True(TickDatagramHeader.TryRead(bytes, out TickDatagramHeader header, out _));
        var read = new Tick[header.Count];
        TickDatagramHeader.CopyTicks(bytes, read);
        Assert.Equal(ticks, read);
    }

    [Fact]
    public void More_ticks_than_a_datagram_may_have_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => TickDatagramHeader.Write(1, 0, 1, new Tick[TickDatagramHeader.MaxTicks + 1], TickDatagramFlags.None, new byte[1 << 17]));
}
