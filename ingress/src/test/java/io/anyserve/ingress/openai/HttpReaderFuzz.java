package io.anyserve.ingress.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.admission.InvalidRequestException;
import io.anyserve.ingress.admission.RequestCaps;
import io.anyserve.ingress.admission.RequestStamp;
import io.anyserve.ingress.admission.RequestValidator;
import io.anyserve.ingress.openai.response.InputItem;
import io.anyserve.ingress.openai.response.ResponseCall;
import io.anyserve.ingress.openai.response.ResponseCallReader;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.runtime.fuzz.ByteChoices;
import io.anyserve.runtime.fuzz.JsonEdits;
import io.anyserve.runtime.fuzz.TextEdits;
import io.anyserve.v1.Inference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Reads arbitrary bodies and event ids as a client's: each is refused by the exception for that, or
 * read as a call that is the same when it is written and read again. Jazzer finds the method by its
 * name.
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
  private static final List<ChatMessage> HISTORY = List.of(new ChatMessage("user", "Once"));
  private static final TextEdits EVENT_IDS =
      new TextEdits(
          List.of("a_B-9.c.7.u.fp_0123456789.story-2.5", "x.t.1.n.fp_abcdefabcd.m"),
          List.of(".", "fp_", "c", "999999999999", "\n", "\u00ff", "%", "A"));

  private HttpReaderFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    var choices = new ByteChoices(input);
    switch (choices.below(8)) {
      case 0 -> completion(CompletionKind.CHAT, body(CallSeeds.CHAT, choices));
      case 1 -> completion(CompletionKind.TEXT, body(CallSeeds.TEXT, choices));
      case 2 -> response(body(CallSeeds.RESPONSE, choices));
      case 3 -> tokenization(TokenizationReader::tokenize, body(CallSeeds.TOKENIZE, choices));
      case 4 -> tokenization(TokenizationReader::detokenize, body(CallSeeds.DETOKENIZE, choices));
      case 5 -> conversation(body(CallSeeds.CHAT, choices));
      case 6 -> json(choices.rest());
      default -> eventId(EVENT_IDS.text(choices));
    }
  }

  private static byte[] body(JsonEdits like, ByteChoices choices) {
    return choices.flag() ? like.text(choices).getBytes(ISO_8859_1) : choices.rest();
  }

  private static void completion(CompletionKind kind, byte[] body) {
    try {
      CompletionCall call = CompletionReader.read(kind, body, Optional.empty());
      validate(call.names(), call.choices());
      CompletionCall again = CompletionReader.read(kind, CallJson.of(call), Optional.empty());
      requireSame(call, again);
    } catch (ApiException e) {
      check(e.error());
    }
  }

  private static void response(byte[] body) {
    try {
      ResponseCall call = ResponseCallReader.read(body);
      List<ChatMessage> messages = InputItem.messages(call.input());
      validate(ParameterNames.RESPONSE, List.of(call.with(messages, Optional.empty())));
      requireSame(call, ResponseCallReader.read(CallJson.of(call)));
    } catch (ApiException e) {
      check(e.error());
    }
  }

  /** How a body of the tokenizer is read. */
  private interface TokenizationBody {
    TokenizationCall read(byte[] body, Optional<String> session);
  }

  private static void tokenization(TokenizationBody reader, byte[] body) {
    try {
      TokenizationCall call = reader.read(body, Optional.empty());
      validate(call.names(), List.of(call.request()));
      requireSame(call, reader.read(CallJson.of(call), Optional.empty()));
    } catch (ApiException e) {
      check(e.error());
    }
  }

  private static void conversation(byte[] parameters) {
    try {
      var given = Optional.of(StrictJson.parse(parameters));
      CompletionCall call = ConversationCallReader.read("story", HISTORY, given, "s");
      validate(call.names(), call.choices());
      require(call.choices().size() == 1, "choices: " + call.choices().size());
    } catch (ApiException e) {
      check(e.error());
    }
  }

  /** What no validator lets through throws an ApiException here. */
  private static void validate(ParameterNames names, List<Inference> requests) {
    try {
      requests.forEach(request -> VALIDATOR.read(request, CALLER, ARRIVAL));
    } catch (InvalidRequestException e) {
      throw new ApiException(ApiError.of(e, names));
    }
  }

  private static void json(byte[] body) {
    try {
      var _ = StrictJson.parse(body).toString();
    } catch (ApiException e) {
      require(e.error().code().equals("malformed_json"), e.error().toString());
      check(e.error());
    }
  }

  private static void eventId(String text) {
    EventId.parse(text)
        .ifPresent(id -> require(EventId.parse(id.toString()).equals(Optional.of(id)), text));
  }

  private static void check(ApiError error) {
    require(error.status() >= 400 && error.status() < 500, error.toString());
    require(!error.message().isEmpty(), "no message");
    var _ = StrictJson.parse(ApiJson.error(error));
  }

  private static void requireSame(Object call, Object again) {
    require(call.equals(again), call + "\nread again: " + again);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
