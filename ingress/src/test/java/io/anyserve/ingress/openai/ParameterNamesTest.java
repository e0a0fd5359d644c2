package io.anyserve.ingress.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.admission.InvalidRequestException;
import io.anyserve.ingress.admission.RequestCaps;
import io.anyserve.ingress.admission.RequestStamp;
import io.anyserve.ingress.admission.RequestValidator;
import io.anyserve.ingress.openai.response.ResponseCall;
import io.anyserve.ingress.openai.response.ResponseCallReader;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.v1.Inference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A refusal names a parameter as its call does, and has one code, whoever finds the mistake. */
final class ParameterNamesTest {

  private static final RequestStamp ARRIVAL =
      new RequestStamp(
          new RequestId(1, 2),
          new ReplyTo(1, 42),
          Instant.ofEpochMilli(1_000),
          Duration.ofSeconds(30),
          99);
  private static final Caller CALLER = new Caller(new TenantId("acme"), "key-1");
  private static final RequestValidator VALIDATOR =
      new RequestValidator(1 << 20, new RequestCaps(5, 10, false));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "max_tokens|\"max_tokens\":11|max_tokens: 11 (expected: at most 10, max-answer-tokens)",
        "max_completion_tokens|\"max_completion_tokens\":11|max_completion_tokens: 11 (expected: at most 10, max-answer-tokens)",
        "max_completion_tokens|\"max_tokens\":11,\"max_completion_tokens\":11|max_completion_tokens: 11 (expected: at most 10, max-answer-tokens)",
        "temperature|\"max_tokens\":1,\"temperature\":9|temperature: 9.0 (expected: 0 to 2.0)",
        "n|\"n\":0|n: 0 (expected: an integer from 1 to 16)",
      })
  void aParameterOfAChat(String param, String more, String message) {
    String body =
        "{\"model\":\"story\",\"messages\":[{\"role\":\"user\",\"content\":\"Once\"}],%s}"
            .formatted(more);
    ApiError error = refusedChat(body);
    assertEquals("invalid_value", error.code());
    assertEquals(Optional.of(param), error.param());
    assertEquals(message, error.message());
  }

  @Test
  void theInput() {
    ApiError empty =
        refusedChat("{\"model\":\"story\",\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}");
    assertEquals("messages: empty (expected: at least one character or byte)", empty.message());
    ApiError prompt = refused(CompletionKind.TEXT, "{\"model\":\"story\",\"prompt\":\"\"}");
    assertEquals(Optional.of("prompt"), prompt.param());
    assertEquals("prompt: empty (expected: at least one character or byte)", prompt.message());
  }

  @Test
  void aParameterOfAResponse() {
    ResponseCall call =
        ResponseCallReader.read(
            "{\"model\":\"story\",\"input\":\"Once\",\"max_output_tokens\":11}".getBytes(UTF_8));
    Inference request = call.with(List.of(new ChatMessage("user", "Once")), Optional.empty());
    ApiError error = ApiError.of(mistakes(request), ParameterNames.RESPONSE);
    assertEquals(Optional.of("max_output_tokens"), error.param());
    assertEquals(
        "max_output_tokens: 11 (expected: at most 10, max-answer-tokens)", error.message());
  }

  private static ApiError refusedChat(String body) {
    return refused(CompletionKind.CHAT, body);
  }

  private static ApiError refused(CompletionKind kind, String body) {
    try {
      CompletionCall call = CompletionReader.read(kind, body.getBytes(UTF_8), Optional.empty());
      return ApiError.of(mistakes(call.choices().getFirst()), call.names());
    } catch (ApiException e) {
      return e.error();
    }
  }

  private static InvalidRequestException mistakes(Inference request) {
    return assertThrows(
        InvalidRequestException.class, () -> VALIDATOR.read(request, CALLER, ARRIVAL));
  }
}
