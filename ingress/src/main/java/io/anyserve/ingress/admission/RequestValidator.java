package io.anyserve.ingress.admission;

import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Chat;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.codec.EnumCodec;
import io.anyserve.contracts.codec.ParametersCodec;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.v1.ChatMessage;
import io.anyserve.v1.ContentPart;
import io.anyserve.v1.Inference;
import io.anyserve.v1.Parameters;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Makes a request of what a caller sent, or says all that is wrong with it. Pure: what it does not
 * find in its arguments, and in what workers offer, it does not know.
 */
public final class RequestValidator {

  /** Turns of one conversation. */
  public static final int MAX_MESSAGES = 4096;

  private static final SessionId ANY_SESSION = new SessionId("any");
  private static final Capability ANY_CAPABILITY = new Capability("any");

  private final long maxInputBytes;
  private final RequestCaps caps;
  private final OutputFormatRules formats = new OutputFormatRules();
  private final Function<Capability, Optional<CapabilityOffer>> offers;

  /**
   * A reader with this limit, and no cap on messages and answers.
   *
   * @param maxInputBytes of a payload that is not a reference
   */
  public RequestValidator(long maxInputBytes) {
    this(maxInputBytes, RequestCaps.NONE);
  }

  /** A reader with these limits, which does not know what a capability does. */
  public RequestValidator(long maxInputBytes, RequestCaps caps) {
    this(maxInputBytes, caps, _ -> Optional.empty());
  }

  /**
   * A reader with these limits.
   *
   * @param offers what a live worker offers under a name; empty where none has it
   */
  public RequestValidator(
      long maxInputBytes,
      RequestCaps caps,
      Function<Capability, Optional<CapabilityOffer>> offers) {
    this.maxInputBytes = maxInputBytes;
    this.caps = caps;
    this.offers = offers;
  }

  /**
   * Throws {@link InvalidRequestException}. Nothing is ever ignored, and nothing corrected but what
   * the {@linkplain RequestCaps#trimAnswers caps} say.
   */
  public InferenceRequest read(Inference message, Caller caller, RequestStamp arrival) {
    var mistakes = new FieldViolations();
    var capability = mistakes.read("capability", () -> new Capability(message.getCapability()));
    var session = mistakes.read("session", () -> session(message, arrival));
    labels(message.getLabelsMap(), caller, mistakes);
    var input = input(message, mistakes);
    var kind = mistakes.read("kind", () -> EnumCodec.read(message.getKind()));
    var parameters =
        parameters(capped(message.getParameters(), mistakes), arrival.seed(), mistakes);
    parameters.ifPresent(
        given -> mistakes.read("parameters.output_format", () -> formats.require(given.format())));
    input.ifPresent(given -> mistakes.read("input.chat.tools", () -> formats.require(given)));
    mistakes.check();
    var context =
        new RequestContext(
            caller.tenant(),
            session.orElseThrow(),
            caller.keyId(),
            capability.orElseThrow(),
            message.getLabelsMap(),
            arrival.acceptedAt(),
            false);
    mistakes.read("inference", () -> admissible(context, arrival.acceptedAt()));
    mistakes.read("capability", () -> offered(kind.orElseThrow(), context.capability()));
    mistakes.read("input.chat.tools", () -> tools(input.orElseThrow(), context.capability()));
    mistakes.read("input.chat.messages", () -> images(input.orElseThrow(), context.capability()));
    if (kind.orElseThrow() == RequestKind.EMBED) {
      EmbeddingRules.check(message, input.orElseThrow(), mistakes);
    }
    mistakes.check();
    return new InferenceRequest(
            arrival.request(),
            context,
            input.orElseThrow(),
            parameters.orElseThrow(),
            RoutingMetadata.interactive(arrival.reply(), arrival.deadline()))
        .with(kind.orElseThrow());
  }

  private static RequestContext admissible(RequestContext context, Instant now) {
    AdmissionRules.require(context, now);
    return context;
  }

  /** Another name of a capability, and one that nobody offers now, are left to the router. */
  private Capability offered(RequestKind kind, Capability capability) {
    offers
        .apply(capability)
        .ifPresent(
            offer -> AdmissionRules.requireOffered(kind, capability, offer.embeddingDimensions()));
    return capability;
  }

  private Payload tools(Payload input, Capability capability) {
    offers
        .apply(capability)
        .ifPresent(
            offer -> AdmissionRules.requireToolsOffered(input, capability, offer.toolCalls()));
    return input;
  }

  private Payload images(Payload input, Capability capability) {
    offers
        .apply(capability)
        .ifPresent(offer -> AdmissionRules.requireVisionOffered(input, capability, offer.vision()));
    return input;
  }

  /** A caller that names no session gets one for this request alone. */
  private static SessionId session(Inference message, RequestStamp arrival) {
    return new SessionId(
        message.getSession().isEmpty() ? arrival.request().toString() : message.getSession());
  }

  private static void labels(Map<String, String> labels, Caller caller, FieldViolations mistakes) {
    boolean each = true;
    for (Map.Entry<String, String> label : labels.entrySet()) {
      Map<String, String> alone = Map.of(label.getKey(), label.getValue());
      each &= mistakes.read("labels", () -> context(alone, caller)).isPresent();
    }
    if (each && !labels.isEmpty()) {
      mistakes.read("labels", () -> context(labels, caller));
    }
  }

  private static RequestContext context(Map<String, String> labels, Caller caller) {
    var context =
        new RequestContext(
            caller.tenant(), ANY_SESSION, "", ANY_CAPABILITY, labels, Instant.EPOCH, false);
    return admissible(context, Instant.EPOCH);
  }

  private Optional<Payload> input(Inference message, FieldViolations mistakes) {
    int messages = message.getInput().getChat().getMessagesCount();
    if (messages > MAX_MESSAGES) {
      mistakes.addTooLarge(
          "input.chat.messages",
          "chat.messages: " + messages + " (expected: at most " + MAX_MESSAGES + ")");
      return Optional.empty();
    }
    Optional<Payload> input = mistakes.read("input", () -> payload(message.getInput()));
    input.filter(RequestValidator::isEmpty).ifPresent(empty -> mistakes.add("input", emptyInput()));
    longMessage(message.getInput())
        .ifPresent(problem -> mistakes.addTooLarge("input.chat.messages", problem));
    input
        .filter(payload -> payload.size() > maxInputBytes)
        .ifPresent(payload -> mistakes.addTooLarge("input", tooLarge(payload.size())));
    return input;
  }

  /** The first message that is too long. */
  private Optional<String> longMessage(io.anyserve.v1.Payload input) {
    List<ChatMessage> messages = input.getChat().getMessagesList();
    for (int i = 0; i < messages.size(); i++) {
      if (texts(messages.get(i)).mapToLong(String::length).sum() > caps.messageCharacters()) {
        long characters =
            texts(messages.get(i)).mapToLong(text -> text.codePointCount(0, text.length())).sum();
        if (characters > caps.messageCharacters()) {
          return Optional.of(
              "messages[%d].content: %d characters (expected: at most %d, max-message-characters)"
                  .formatted(i, characters, caps.messageCharacters()));
        }
      }
    }
    return Optional.empty();
  }

  private static Stream<String> texts(ChatMessage message) {
    return Stream.concat(
        Stream.of(message.getContent()), message.getPartsList().stream().map(ContentPart::getText));
  }

  /** A caller that names no number of tokens never asks for too many. */
  private Parameters capped(Parameters asked, FieldViolations mistakes) {
    int tokens =
        asked.hasMaxTokens() ? asked.getMaxTokens() : GenerationParameters.DEFAULT_MAX_TOKENS;
    if (tokens <= caps.answerTokens() || tokens > GenerationParameters.MAX_TOKENS) {
      return asked;
    }
    if (asked.hasMaxTokens() && !caps.trimAnswers()) {
      mistakes.add(
          "parameters.max_tokens",
          "max_tokens: %d (expected: at most %d, max-answer-tokens)"
              .formatted(tokens, caps.answerTokens()));
    }
    return asked.toBuilder().setMaxTokens(caps.answerTokens()).build();
  }

  private static Payload payload(io.anyserve.v1.Payload message) {
    try {
      return PayloadCodec.read(message);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("object.expires_at: " + e.getMessage(), e);
    }
  }

  private static boolean isEmpty(Payload input) {
    return switch (input) {
      case Text(String text) -> text.isEmpty();
      case Chat chat ->
          chat.messages().stream().allMatch(io.anyserve.contracts.ChatMessage::isEmpty);
      case Payload.Bytes data -> data.bytes().isEmpty();
      case Payload.ObjectReference(ObjectRef object) -> object.size() == 0;
    };
  }

  private static String emptyInput() {
    return "input: empty (expected: at least one character or byte)";
  }

  private String tooLarge(long bytes) {
    return "input: %d bytes (expected: at most %d; store more and send the reference)"
        .formatted(bytes, maxInputBytes);
  }

  private static Optional<GenerationParameters> parameters(
      Parameters message, long seed, FieldViolations mistakes) {
    try {
      return Optional.of(ParametersCodec.read(message, seed));
    } catch (IllegalArgumentException e) {
      message
          .getAllFields()
          .forEach(
              (field, value) -> {
                var alone = Parameters.newBuilder().setField(field, value).build();
                mistakes.read(
                    "parameters." + field.getName(), () -> ParametersCodec.read(alone, seed));
              });
      return Optional.empty();
    }
  }
}
