using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DealerFlow.Dashboard;

/// <summary>
/// Replay control: the one thing that changes anything. It is there with <c>--control</c> alone, for the page of this server alone, with a
/// token that is another one after every start.
/// </summary>
internal sealed class ControlAnswers(ReplaySocket? replay)
{
    private const string TokenHeader = "X-DealerFlow-Token";
    private const int MaxBody = 1024;
    private static readonly string[] Commands = ["pause", "resume", "speed", "seek", "model"];

    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether there is a replay to command, and where it stands.</summary>
    public async Task StateAsync(HttpContext context)
    {
        if (replay is null)
        {
            await Answer.JsonAsync(context, json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("available", false);
                json.WriteEndObject();
            });
            return;
        }
        string status = await replay.AskAsync("status", context.RequestAborted);
        // A browser says by itself when another site asks; that one gets no token.
        bool isOwnPage = context.Request.Headers["Sec-Fetch-Site"] is [] or ["same-origin"] or ["none"];
        await Answer.JsonAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("available", true);
            if (isOwnPage) json.WriteString("token", _token);
            WriteState(json, status);
            json.WriteEndObject();
        });
    }

    /// <summary>Carries out a command.</summary>
    public async Task CommandAsync(HttpContext context)
    {
        if (replay is null)
        {
            await Answer.ErrorAsync(context, StatusCodes.Status404NotFound, "There is no replay to command; start the dashboard with --control PATH, the socket of 'dealerflow replay TAPE --control PATH'.");
            return;
        }
        if (context.Request.Headers[TokenHeader] is not [{ } given] || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(_token)))
        {
            await Answer.ErrorAsync(context, StatusCodes.Status403Forbidden, $"A command must carry the token of this start in {TokenHeader}; reload the page.");
            return;
        }
        if (context.Request.ContentLength is null or > MaxBody)
        {
            await Answer.ErrorAsync(context, StatusCodes.Status413PayloadTooLarge, $"A command has at most {MaxBody} bytes and says how many.");
            return;
        }
        if (await LineOf(context) is not { } line)
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, "That is no command; send {\"command\": one of " + string.Join(", ", Commands) + ", \"value\": text}.");
            return;
        }
        string answer = await replay.AskAsync(line, context.RequestAborted);
        string status = await replay.AskAsync("status", context.RequestAborted);
        bool isDone = answer.StartsWith("ok", StringComparison.Ordinal);
        await Answer.JsonAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("ok", isDone);
            json.WriteString("answer", Sentence(answer));
            WriteState(json, status);
            json.WriteEndObject();
        }, isDone ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static async Task<string?> LineOf(HttpContext context)
    {
        try
        {
            using JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            if (body.RootElement.ValueKind != JsonValueKind.Object || !body.RootElement.TryGetProperty("command", out JsonElement command)) return null;
            string? word = command.ValueKind == JsonValueKind.String ? command.GetString() : null;
            if (!Commands.Contains(word)) return null;
            if (!body.RootElement.TryGetProperty("value", out JsonElement value) || value.ValueKind == JsonValueKind.Null) return word;
            // One line and one word: whatever a page sends, it is one command to the replay.
            if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 and <= 64 } text) return null;
            return text.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '+' or '-' or '.') ? $"{word} {text}" : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static void WriteState(Utf8JsonWriter json, string status)
    {
        json.WritePropertyName("state");
        if (status.StartsWith("ok: {", StringComparison.Ordinal) && IsJson(status[4..])) json.WriteRawValue(status[4..]);
        else
        {
            json.WriteNullValue();
            json.WriteString("error", Sentence(status));
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Sentence(string answer) => answer.Length > 4 && answer[2] == ':' ? answer[4..] : answer;
}
