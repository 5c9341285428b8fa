namespace DealerFlow.Cli.Top;

/// <summary>A key that is not a character.</summary>
internal enum Key : byte
{
    Character,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Escape,
}

/// <summary>One key that was pressed.</summary>
internal readonly record struct KeyPress(Key Key, char Character = '\0');

/// <summary>
/// Keys from the bytes that a terminal sends, in whatever pieces a connection delivers them. What is not known, mouse reports, replies and
/// letters beyond ASCII among it, is passed over whole, so that no part of it is taken for a key.
/// </summary>
internal sealed class TopInput
{
    private const byte EscapeByte = 0x1B;

    private Part _part;
    private int _number;
    private bool _isFirstNumber;

    private enum Part : byte
    {
        Ground,
        Escaped,
        Sequence,       // after ESC [
        OneMore,        // after ESC O
    }

    /// <summary>Adds the keys of some bytes.</summary>
    public void Read(ReadOnlySpan<byte> bytes, List<KeyPress> keys)
    {
        foreach (byte next in bytes) Read(next, keys);
    }

    /// <summary>Nothing more came for a while: an ESC that waits for the rest of its sequence was the key itself.</summary>
    public void Pause(List<KeyPress> keys)
    {
        if (_part == Part.Escaped) keys.Add(new KeyPress(Key.Escape));
        _part = Part.Ground;
    }

    private void Read(byte next, List<KeyPress> keys)
    {
        if (next == EscapeByte)
        {
            if (_part == Part.Escaped) keys.Add(new KeyPress(Key.Escape));
            _part = Part.Escaped;
            return;
        }
        switch (_part)
        {
            case Part.Ground:
                if (next < 0x80) keys.Add(new KeyPress(Key.Character, (char)next));
                break;
            case Part.Escaped:
                _part = next switch { (byte)'[' => Part.Sequence, (byte)'O' => Part.OneMore, _ => Part.Ground };
                (_number, _isFirstNumber) = (0, true);
                if (_part != Part.Ground) break;
                // Two keys that came in one piece, or one with Alt: neither is lost.
                keys.Add(new KeyPress(Key.Escape));
                Read(next, keys);
                break;
            case Part.OneMore:
                _part = Part.Ground;
                AddFinal(next, keys);
                break;
            default:
                ReadSequence(next, keys);
                break;
        }
    }

    private void ReadSequence(byte next, List<KeyPress> keys)
    {
        switch (next)
        {
            case >= (byte)'0' and <= (byte)'9':
                if (_isFirstNumber) _number = Math.Min((_number * 10) + next - '0', 9_999);
                break;
            case >= 0x20 and < 0x40:
                _isFirstNumber = false;
                break;
            default:
                _part = Part.Ground;
                AddFinal(next, keys);
                break;
        }
    }

    private void AddFinal(byte final, List<KeyPress> keys)
    {
        Key? key = (char)final switch
        {
            'A' => Key.Up,
            'B' => Key.Down,
            'H' => Key.Home,
            'F' => Key.End,
            '~' => _number switch { 1 or 7 => Key.Home, 4 or 8 => Key.End, 5 => Key.PageUp, 6 => Key.PageDown, _ => null },
            _ => null,
        };
        if (key is { } known) keys.Add(new KeyPress(known));
    }
}
