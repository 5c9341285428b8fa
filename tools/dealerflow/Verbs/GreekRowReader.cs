using System.Globalization;
using System.Text;

namespace DealerFlow.Cli.Verbs;

/// <summary>Bytes of a CSV file to blocks of columns; one buffer, no string per row.</summary>
/// <param name="input">The file; not disposed here.</param>
/// <param name="name">What complaints call it.</param>
internal sealed class GreekRowReader(Stream input, string name)
{
    public const string Header = "spot,forward,strike,years,discount,right,price";
    public const int MaxLineLength = 4096;
    private const int BufferBytes = 1 << 20;
    private const int MaxShownCharacters = 40;
    private static readonly string[] ColumnNames = Header.Split(',');
    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, 23).Select(k => double.Parse($"1e{k}", CultureInfo.InvariantCulture))];

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private bool _hasEnded;
    private long _lineNumber;
    private long _bytesRead;

    /// <summary>Bytes taken from the file; readable from any thread.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>The buffer that <see cref="GreekBlock.Line"/> speaks of, good until the next <see cref="Fill"/>.</summary>
    public ReadOnlySpan<byte> Buffer => _buffer;

    /// <summary>Takes the first line, which must be the header.</summary>
    public void ReadHeader()
    {
        bool found;
        Range line;
        while (!(found = TryTakeLine(out line)) && !_hasEnded) Refill();
        ReadOnlySpan<byte> text = _buffer.AsSpan(line);
        if (text.StartsWith(Encoding.UTF8.Preamble)) text = text[Encoding.UTF8.Preamble.Length..];
        if (!found || Ascii.Trim(text) is var trimmed && Encoding.UTF8.GetString(text[trimmed]) != Header)
            throw new CliException(ExitCode.Failure, $"{name}, line 1: the header must be '{Header}'.");
    }

    /// <summary>Fills a block with the rows that are in the buffer, at least one; false at the end of the file.</summary>
    /// <exception cref="CliException">A line is no row; the rows before it are in the block.</exception>
    public bool Fill(GreekBlock rows)
    {
        rows.Count = 0;
        while (rows.Count < rows.Capacity)
        {
            if (TryTakeLine(out Range line))
            {
                if (line.Start.Equals(line.End)) continue;
                Parse(_buffer.AsSpan(line), rows, rows.Count);
                rows.Line[rows.Count++] = line;
                continue;
            }
            // Refilling moves the bytes under the rows that are here already.
            if (rows.Count > 0 || _hasEnded) break;
            Refill();
        }
        return rows.Count > 0;
    }

    /// <summary>The next whole line without its end; false where more bytes are needed or none are left.</summary>
    private bool TryTakeLine(out Range line)
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        int length = rest.IndexOf((byte)'\n');
        line = default;
        if (length < 0 && (!_hasEnded || rest.IsEmpty))
        {
            if (rest.Length > MaxLineLength) throw TooLong(_lineNumber + 1, rest.Length);
            return false;
        }
        int taken = length < 0 ? rest.Length : length + 1;
        if (length < 0) length = rest.Length;
        _lineNumber++;
        if (length > MaxLineLength) throw TooLong(_lineNumber, length);
        int text = rest[..length].TrimEnd((byte)'\r').Length;
        line = new Range(_start, _start + text);
        _start += taken;
        return true;
    }

    private void Refill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        int read = input.Read(_buffer.AsSpan(_end));
        _hasEnded = read == 0;
        _end += read;
        Interlocked.Add(ref _bytesRead, read);
    }

    private void Parse(ReadOnlySpan<byte> line, GreekBlock rows, int index)
    {
        ReadOnlySpan<byte> rest = line;
        rows.Spot[index] = Number(NextCell(ref rest, line), 0);
        rows.Forward[index] = Number(NextCell(ref rest, line), 1);
        rows.Strike[index] = Number(NextCell(ref rest, line), 2);
        rows.Years[index] = Number(NextCell(ref rest, line), 3);
        rows.Discount[index] = Number(NextCell(ref rest, line), 4);
        ReadOnlySpan<byte> cell = NextCell(ref rest, line);
        ReadOnlySpan<byte> right = cell[Ascii.Trim(cell)];
        if (!right.SequenceEqual("C"u8) && !right.SequenceEqual("P"u8)) throw Wrong(5, right, "write C or P");
        rows.IsCall[index] = right[0] == (byte)'C';
        if (rest.Contains((byte)',')) throw CellCount(line);
        rows.Price[index] = Number(rest, 6);
    }

    private ReadOnlySpan<byte> NextCell(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> line)
    {
        int comma = rest.IndexOf((byte)',');
        if (comma < 0) throw CellCount(line);
        ReadOnlySpan<byte> cell = rest[..comma];
        rest = rest[(comma + 1)..];
        return cell;
    }

    /// <summary>Digits and a point are worked out here where that is exact; everything else is the runtime's.</summary>
    private double Number(ReadOnlySpan<byte> cell, int column)
    {
        ulong digits = 0;
        int decimals = -1;
        bool isPlain = cell.Length is > 0 and <= 20;
        foreach (byte character in cell)
        {
            uint digit = (uint)(character - '0');
            if (digit <= 9)
            {
                digits = unchecked((digits * 10) + digit);
                if (decimals >= 0) decimals++;
            }
            else if (character == '.' && decimals < 0)
            {
                decimals = 0;
            }
            else
            {
                isPlain = false;
                break;
            }
        }
        // Both are exact, so the quotient is rounded once; at most 19 digits do not wrap around.
        if (isPlain && digits <= 1L << 53 && (cell.Length < 20 || decimals >= 0) && !(cell.Length == 1 && decimals == 0))
            return decimals <= 0 ? digits : digits / PowersOfTen[decimals];
        // The framework lets a number end with zero bytes.
        return !cell.Contains((byte)0) && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw Wrong(column, cell, "write a number like 6012.5, with a point and without separators");
    }

    private CliException CellCount(ReadOnlySpan<byte> line)
    {
        int found = line.Count((byte)',') + 1;
        return new CliException(ExitCode.Failure, $"{name}, line {_lineNumber}: {found} cells instead of {ColumnNames.Length}; write '{Header}'.");
    }

    private CliException Wrong(int column, ReadOnlySpan<byte> cell, string whatToDo) =>
        new(ExitCode.Failure, $"{name}, line {_lineNumber}: {ColumnNames[column]} is '{Shown(cell)}'; {whatToDo}.");

    private CliException TooLong(long lineNumber, int length) => new(
        ExitCode.Failure, $"{name}, line {lineNumber}: {length:#,0} bytes or more without a line end; this is not a row of '{Header}'.");

    /// <summary>A cell as people can read it, whatever its bytes.</summary>
    private static string Shown(ReadOnlySpan<byte> cell)
    {
        string text = Encoding.UTF8.GetString(cell);
        text = string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
        return text.Length <= MaxShownCharacters ? text : text[..MaxShownCharacters] + "…";
    }
}
