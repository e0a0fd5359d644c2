package io.anyserve.ingress.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.admission.InvalidRequestException;
import io.anyserve.ingress.admission.RequestCaps;
import io.anyserve.ingress.admission.RequestStamp;
import io.anyserve.ingress.admission.RequestValidator;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.v1.Inference;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads whatever bytes there are as a client's: what is wrong is told by the exceptions for that
 * and by no others. Jazzer finds the method by its name.
 */
public final class HttpReaderFuzz {

  private static final RequestStamp ARRIVAL =
      new RequestStamp(
          new RequestId(1, 2),
          new ReplyTo(1, 42),
          Instant.ofEpochMilli(1_000),
          Duration.ofSeconds(30),
          99);
  private static final Caller CALLER = new Caller(new TenantId("acme"), "key-1");
  private static final RequestValidator VALIDATOR =
      new RequestValidator(1 << 20, RequestCaps.DEFAULT);

  private HttpReaderFuzz() {}

  /** The first byte says what the others are. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    switch (input[0] & 3) {
      case 0 -> completion(CompletionKind.CHAT, rest);
      case 1 -> completion(CompletionKind.TEXT, rest);
      case 2 -> json(rest);
      default -> eventId(new String(rest, ISO_8859_1));
    }
  }

  private static void completion(CompletionKind kind, byte[] body) {
    try {
      CompletionCall call = CompletionReader.read(kind, body, Optional.empty());
      for (Inference choice : call.choices()) {
        VALIDATOR.read(choice, CALLER, ARRIVAL);
      }
    } catch (ApiException e) {
      require(e.error().status() >= 400 && e.error().status() < 500, e.error().toString());
      require(ApiJson.error(e.error()).length > 0, "no error");
    } catch (InvalidRequestException e) {
      require(!ApiError.of(e, kind).message().isEmpty(), "no message");
    }
  }

  private static void json(byte[] body) {
    try {
      var _ = StrictJson.parse(body).toString();
    } catch (ApiException e) {
      require(e.error().code().equals("malformed_json"), e.error().toString());
    }
  }

  private static void eventId(String text) {
    EventId.parse(text)
        .ifPresent(
            id -> require(EventId.parse(id.toString()).equals(Optional.of(id)), id.toString()));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
