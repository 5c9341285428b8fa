namespace DealerFlow.Tests;

/// <summary>What holds the stores and loads of the slot protocol in their order; each can be taken away.</summary>
[Flags]
internal enum SlotBarriers
{
    None = 0,

    /// <summary>The store that makes the version odd releases: the number before is visible first.</summary>
    OddReleases = 1,

    /// <summary>Behind it, stores and full fence: the version is odd before the payload changes.</summary>
    FenceAfterOdd = 2,

    /// <summary>The store that makes the version even releases: the payload is in place first.</summary>
    EvenReleases = 4,

    /// <summary>The store of the number releases: the slot is whole first.</summary>
    PublishedReleases = 8,

    /// <summary>The load of the number acquires: the version is looked at after it.</summary>
    NumberAcquires = 16,

    /// <summary>The load of the version acquires: payload, and the number again, are looked at after it.</summary>
    VersionAcquires = 32,

    /// <summary>Loads barrier before the second look: the payload is copied first.</summary>
    FenceBeforeSecondLook = 64,

    All = 127,
}

/// <summary>
/// The slot protocol on a machine that runs every store and load in any order that the barriers allow, with one memory that all see: weaker
/// than x86-64, which forbids most of it, and than arm64, which keeps addresses after the loads that they come from. All orders of one writer
/// of a few copies and one reader are visited.
/// </summary>
internal sealed class SlotProtocolModel(SlotBarriers barriers)
{
    private const int Slots = 2, Copies = 3, PerCopy = 6;
    private const int WriterOps = Copies * PerCopy;

    // The reader's loads.
    private const int Number = 0, Version = 1, First = 2, Second = 3, VersionAgain = 4, NumberAgain = 5, ReaderOps = 6;

    private readonly HashSet<(int Writer, int Reader, long Seen)> _visited = [];
    private int _wanted;

    /// <summary>A reader took a copy whose parts are of different numbers.</summary>
    public bool CanBeTorn { get; private set; }

    /// <summary>A reader called a sound slot damaged.</summary>
    public bool CanAccuse { get; private set; }

    /// <summary>A reader found that a sound slot had another number by then.</summary>
    public bool CanBeGone { get; private set; }

    /// <summary>A reader took a whole copy: the model does something.</summary>
    public bool CanRead { get; private set; }

    /// <summary>States visited.</summary>
    public int States { get; private set; }

    /// <summary>Visits every order.</summary>
    public SlotProtocolModel Explore()
    {
        // Which number the reader will find is guessed, so that loads may run before it is known, and dropped when it was another.
        for (_wanted = 1; _wanted <= Copies; _wanted++)
        {
            _visited.Clear();
            Visit(0, 0, 0);
            States += _visited.Count;
        }
        return this;
    }

    private void Visit(int writer, int reader, long seen)
    {
        if (!_visited.Add((writer, reader, seen))) return;
        if (reader == (1 << ReaderOps) - 1) Judge(seen);
        for (int op = 0; op < WriterOps; op++)
            if ((writer & (1 << op)) == 0 && IsWriterReady(writer, op)) Visit(writer | (1 << op), reader, seen);
        for (int op = 0; op < ReaderOps; op++)
            if ((reader & (1 << op)) == 0 && IsReaderReady(reader, op)) Visit(writer, reader | (1 << op), seen | ((long)Load(writer, op) << (8 * op)));
    }

    private void Judge(long seen)
    {
        int Seen(int op) => (int)(seen >> (8 * op)) & 255;
        if (Seen(Number) != _wanted) return;
        if (Seen(Version) != 2 * _wanted)
        {
            CanBeGone = true;
            CanAccuse |= Seen(NumberAgain) == _wanted;
            return;
        }
        if (Seen(VersionAgain) != 2 * _wanted) return;
        CanRead |= Seen(First) == _wanted && Seen(Second) == _wanted;
        CanBeTorn |= Seen(First) != _wanted || Seen(Second) != _wanted;
    }

    // Of each copy: 0 odd, 1 fence, 2 and 3 payload, 4 even, 5 number.
    private bool IsWriterReady(int done, int op)
    {
        int step = op % PerCopy;
        for (int before = 0; before < op; before++)
            if ((done & (1 << before)) == 0 && MustPrecede(before, op, step)) return false;
        return true;
    }

    private bool MustPrecede(int before, int op, int step)
    {
        int stepBefore = before % PerCopy;
        if (AddressOf(before) == AddressOf(op) && AddressOf(op) >= 0) return true;          // one place has one history
        bool hasFence = (barriers & SlotBarriers.FenceAfterOdd) != 0;
        if ((stepBefore == 1 || step == 1) && hasFence) return true;
        return step switch
        {
            0 => (barriers & SlotBarriers.OddReleases) != 0,
            4 => (barriers & SlotBarriers.EvenReleases) != 0,
            5 => (barriers & SlotBarriers.PublishedReleases) != 0,
            _ => false,
        };
    }

    // 0 the number; from 1, of each slot: version and two words of payload; -1 nothing.
    private static int AddressOf(int op)
    {
        int slot = ((op / PerCopy) + 1) % Slots;
        return (op % PerCopy) switch
        {
            0 or 4 => 1 + (3 * slot),
            2 => 2 + (3 * slot),
            3 => 3 + (3 * slot),
            5 => 0,
            _ => -1,
        };
    }

    private static int ValueOf(int op)
    {
        int copy = (op / PerCopy) + 1;
        return (op % PerCopy) switch
        {
            0 => (2 * copy) - 1,
            4 => 2 * copy,
            _ => copy,
        };
    }

    private bool IsReaderReady(int done, int op)
    {
        bool Has(int load) => (done & (1 << load)) != 0;
        if (op != Number && !Has(Number) && (barriers & SlotBarriers.NumberAcquires) != 0) return false;
        if (op > Version && !Has(Version) && (barriers & SlotBarriers.VersionAcquires) != 0) return false;
        // Two loads of one place do not change places.
        if ((op == VersionAgain && !Has(Version)) || (op == NumberAgain && !Has(Number))) return false;
        return op != VersionAgain || (barriers & SlotBarriers.FenceBeforeSecondLook) == 0 || (Has(First) && Has(Second));
    }

    private int Load(int writer, int op)
    {
        int slot = 3 * (_wanted % Slots);
        int address = op switch
        {
            Number or NumberAgain => 0,
            Version or VersionAgain => 1 + slot,
            First => 2 + slot,
            _ => 3 + slot,
        };
        int value = 0;
        for (int store = 0; store < WriterOps; store++)
            if ((writer & (1 << store)) != 0 && AddressOf(store) == address) value = ValueOf(store);
        return value;
    }
}
