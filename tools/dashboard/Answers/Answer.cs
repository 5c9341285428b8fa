using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DealerFlow.Dashboard;

/// <summary>Ways to answer one request.</summary>
internal static class Answer
{
    public static Task JsonAsync(HttpContext context, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        return BytesAsync(context, bytes.WrittenMemory, "application/json; charset=utf-8", status);
    }

    public static Task TextAsync(HttpContext context, string text, string type = "text/plain; charset=utf-8", int status = StatusCodes.Status200OK) =>
        BytesAsync(context, Encoding.UTF8.GetBytes(text), type, status);

    public static Task BytesAsync(HttpContext context, ReadOnlyMemory<byte> bytes, string type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    /// <summary>One sentence, as JSON.</summary>
    public static Task ErrorAsync(HttpContext context, int status, string sentence) => JsonAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("error", sentence);
        json.WriteEndObject();
    }, status);
}
