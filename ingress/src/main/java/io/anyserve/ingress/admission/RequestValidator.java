package io.anyserve.ingress.admission;

import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Chat;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.codec.EnumCodec;
import io.anyserve.contracts.codec.ParametersCodec;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.v1.Inference;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a request of what a caller sent, or says all that is wrong with it. Pure: what it does not
 * find in its arguments it does not know.
 */
public final class RequestValidator {

  /** Turns of one conversation. */
  public static final int MAX_MESSAGES = 4096;

  private static final SessionId ANY_SESSION = new SessionId("any");
  private static final Capability ANY_CAPABILITY = new Capability("any");

  private final long maxInputBytes;

  /**
   * A reader with this limit.
   *
   * @param maxInputBytes of a payload that is not a reference
   */
  public RequestValidator(long maxInputBytes) {
    this.maxInputBytes = maxInputBytes;
  }

  /** Throws {@link InvalidRequestException}; nothing is ever ignored or corrected. */
  public InferenceRequest read(Inference message, Caller caller, RequestStamp arrival) {
    var mistakes = new FieldViolations();
    var capability = mistakes.read("capability", () -> new Capability(message.getCapability()));
    var session = mistakes.read("session", () -> session(message, arrival));
    labels(message.getLabelsMap(), caller, mistakes);
    var input = input(message, mistakes);
    var kind = mistakes.read("kind", () -> EnumCodec.read(message.getKind()));
    var parameters = parameters(message.getParameters(), arrival.seed(), mistakes);
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
    input
        .filter(payload -> payload.size() > maxInputBytes)
        .ifPresent(payload -> mistakes.addTooLarge("input", tooLarge(payload.size())));
    return input;
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
      case Chat chat -> chat.messages().stream().allMatch(message -> message.content().isEmpty());
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
      io.anyserve.v1.Parameters message, long seed, FieldViolations mistakes) {
    try {
      return Optional.of(ParametersCodec.read(message, seed));
    } catch (IllegalArgumentException e) {
      message
          .getAllFields()
          .forEach(
              (field, value) -> {
                var alone = io.anyserve.v1.Parameters.newBuilder().setField(field, value).build();
                mistakes.read(
                    "parameters." + field.getName(), () -> ParametersCodec.read(alone, seed));
              });
      return Optional.empty();
    }
  }
}
