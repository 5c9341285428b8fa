using System.Text;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>What one file gave: ticks in file order, definitions, and the account of its rows, which is held to add up.</summary>
internal sealed class TickList : ITickSink
{
    private readonly TickImport _import;

    private TickList(ImportFile file, ITickFormat format, ImportOptions? options)
    {
        _import = new TickImport(this, options);
        _import.Begin(file.Path);
        format.Read(file, _import);
        _import.End();
        Assert.True(_import.Report.AddsUp);
    }

    public List<Tick> Ticks { get; } = [];

    public ImportReport Report => _import.Report;

    public InstrumentDefinition[] Definitions => _import.Definitions.ToArray();

    public void Add(in Tick tick) => Ticks.Add(tick);

    /// <summary>Reads a real file and holds the format to recognize it, and no other.</summary>
    public static TickList OfFile(string path, ITickFormat format, ImportOptions? options = null)
    {
        using ImportFile file = ImportFile.Open(path);
        Assert.Equal(format.Name, TickFormats.Of(file).Name);
        return new TickList(file, format, options);
    }

    /// <summary>Reads bytes by a name.</summary>
    public static TickList OfBytes(byte[] content, string name, ITickFormat format, ImportOptions? options = null)
    {
        using ImportFile file = ImportFile.Open(new MemoryStream(content), name);
        return new TickList(file, format, options);
    }

    /// <summary>Reads a text by a name.</summary>
    public static TickList OfText(string content, string name, ITickFormat format, ImportOptions? options = null) =>
        OfBytes(Encoding.UTF8.GetBytes(content), name, format, options);

    /// <summary>Every prefix of a text and every byte of it changed in several ways: ticks, rejected rows or a refusal, nothing else.</summary>
    public static void TryEveryDamage(string text, ITickFormat format)
    {
        byte[] good = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < good.Length; i++)
        {
            foreach (int other in (ReadOnlySpan<int>)[-1, 0, ',', '"', '\n', '-', '9', 'E', 0xFF])
            {
                byte[] bad = other < 0 ? good[..i] : [.. good];
                if (other >= 0) bad[i] = (byte)other;
                try
                {
                    _ = OfBytes(bad, "damaged", format);
                }
                catch (InputFormatException refusal)
                {
                    Assert.NotEmpty(refusal.Reason);
                }
            }
        }
    }

    public IEnumerable<Tick> Of(TickKind kind) => Ticks.Where(tick => tick.Kind == kind);

    public string Root(uint id) => Definitions[id].Root.ToString();
}
