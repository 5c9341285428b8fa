using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DealerFlow.Dashboard;

/// <summary>Members of a document as a document of their own, byte for byte as they stood.</summary>
internal static class JsonPieces
{
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> document, params ReadOnlySpan<string> names)
    {
        var pieces = new ArrayBufferWriter<byte>(document.Length);
        var reader = new Utf8JsonReader(document.Span);
        reader.Read();
        pieces.Write("{"u8);
        bool isFirst = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!names.Contains(name)) continue;
            if (!isFirst) pieces.Write(","u8);
            isFirst = false;
            pieces.Write(Encoding.UTF8.GetBytes($"\"{name}\":"));
            pieces.Write(document.Span[start..(int)reader.BytesConsumed]);
        }
        pieces.Write("}"u8);
        return pieces.WrittenMemory;
    }
}
