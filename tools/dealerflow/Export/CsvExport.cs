using System.Buffers.Text;
using System.Text;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Export;

/// <summary>Rows of text; 'dealerflow import' reads them again.</summary>
internal sealed class CsvExport : ITickExport
{
    private const int LongestRow = 512;

    private readonly Stream _stream;
    private readonly TickSymbols _symbols;
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _length;

    public CsvExport(Stream stream, TickSymbols symbols)
    {
        _stream = stream;
        _symbols = symbols;
        Text(string.Join(',', TickRow.Columns));
        Byte('\n');
    }

    public void Write(ReadOnlySpan<Tick> ticks)
    {
        foreach (ref readonly Tick tick in ticks)
        {
            if (_buffer.Length - _length < LongestRow) Flush();
            TickRow row = TickRow.Of(in tick, _symbols);
            Number(row.Nanos);
            Byte(',');
            Byte(row.Kind);
            Byte(',');
            Symbol(row.Symbol);
            Byte(',');
            bool isQuote = row.Kind is 'Q' or 'V';
            Price(row.Bid, row.Decimals, isQuote);
            Price(row.Ask, row.Decimals, isQuote);
            Field(row.BidSize, isQuote);
            Field(row.AskSize, isQuote);
            Price(row.Price, row.Decimals, row.Kind is 'T' or 'S');
            Field(row.Size, row.Kind is 'T' or 'O');
            Field(row.Venue, true);
            Field(row.Flags, true);
            Number(row.ReceiveDelayNanos);
            Byte('\n');
        }
    }

    public void Complete() => Flush();

    public void Dispose() => _stream.Dispose();

    private void Flush()
    {
        _stream.Write(_buffer.AsSpan(0, _length));
        _length = 0;
    }

    private void Symbol(string symbol) => Text(CsvCell.Of(symbol));

    private void Field(long value, bool isThere)
    {
        if (isThere) Number(value);
        Byte(',');
    }

    // Exactly the decimal number that the integer stands for, without zeros behind.
    private void Price(int price, int decimals, bool isThere)
    {
        if (isThere)
        {
            long scale = 1;
            for (int i = 0; i < decimals; i++) scale *= 10;
            if (price < 0) Byte('-');
            (long whole, long rest) = Math.DivRem(Math.Abs((long)price), scale);
            Number(whole);
            if (rest != 0)
            {
                Byte('.');
                for (scale /= 10; rest != 0; rest %= scale, scale /= 10)
                {
                    Byte((char)('0' + (rest / scale)));
                    if (scale == 1) break;
                }
            }
        }
        Byte(',');
    }

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out int written);
        _length += written;
    }

    private void Text(string text) => _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));

    private void Byte(char c) => _buffer[_length++] = (byte)c;
}
