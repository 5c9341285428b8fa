using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Dashboard;

/// <summary>One snapshot as JSON, made once and given to everybody: as it is to a request, within its event to a stream.</summary>
internal sealed class LevelsDocument
{
    private readonly byte[] _bytes;
    private readonly int _start;

    private LevelsDocument(byte[] bytes, int start, ulong epoch, ulong publishNumber, string state)
    {
        _bytes = bytes;
        _start = start;
        Epoch = epoch;
        PublishNumber = publishNumber;
        State = state;
    }

    public ulong Epoch { get; }

    public ulong PublishNumber { get; }

    /// <summary>State of the feed when the document was made.</summary>
    public string State { get; }

    /// <summary>The document.</summary>
    public ReadOnlyMemory<byte> Json => _bytes.AsMemory(_start, _bytes.Length - _start - 2);

    /// <summary>The same as an event of a stream, with the empty line that ends it.</summary>
    public ReadOnlyMemory<byte> Event => _bytes;

    /// <summary>Makes the document of the snapshot in a buffer.</summary>
    public static LevelsDocument Of(SnapshotBuffer snapshot, string state)
    {
        ref readonly RuntimeSection runtime = ref snapshot.Runtime;
        var bytes = new ArrayBufferWriter<byte>(256 * 1024);
        string head = string.Create(CultureInfo.InvariantCulture, $"id: {runtime.Epoch}:{runtime.PublishNumber}\nevent: snapshot\ndata: ");
        int start = Encoding.ASCII.GetBytes(head, bytes.GetSpan(head.Length));
        bytes.Advance(start);
        // One line: the writer escapes every line end, so that no text of a feed ends the event.
        using (var json = new Utf8JsonWriter(bytes)) LevelsJson.Write(json, snapshot.Market, in runtime, state);
        bytes.Write("\n\n"u8);
        return new LevelsDocument(bytes.WrittenSpan.ToArray(), start, runtime.Epoch, runtime.PublishNumber, state);
    }
}
