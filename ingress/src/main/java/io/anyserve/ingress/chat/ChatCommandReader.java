package io.anyserve.ingress.chat;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.ingress.chat.ChatCommand.AnswerOptions;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.BodyFields;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads the frames of clients; throws {@link ApiException} naming the field that is wrong. */
final class ChatCommandReader {

  private static final String TYPE = "type";
  private static final String CONVERSATION = "conversation";
  private static final String MESSAGE = "message";
  private static final String ANSWER = "answer";
  private static final String MODEL = "model";
  private static final String SYSTEM = "system";
  private static final String PARAMETERS = "parameters";

  private ChatCommandReader() {}

  static ChatCommand read(BodyFields frame) {
    String type = frame.requiredText(TYPE);
    return switch (type) {
      case "send" -> send(frame);
      case "regenerate" -> regenerate(frame);
      case "stop" -> stop(frame);
      case "resume" -> resume(frame);
      default ->
          throw new ApiException(
              ApiError.invalid(TYPE, "type: unknown (expected: send, regenerate, stop or resume)"));
    };
  }

  private static ChatCommand send(BodyFields frame) {
    only(frame, CONVERSATION, MESSAGE, "parent", "content", MODEL, SYSTEM, PARAMETERS);
    return new ChatCommand.Send(
        id(frame, CONVERSATION, SessionId::new),
        id(frame, MESSAGE, MessageId::new),
        frame.text("parent").map(parent -> checked("parent", () -> new MessageId(parent))),
        frame.requiredText("content"),
        options(frame));
  }

  private static ChatCommand regenerate(BodyFields frame) {
    only(frame, CONVERSATION, MESSAGE, MODEL, SYSTEM, PARAMETERS);
    return new ChatCommand.Regenerate(
        id(frame, CONVERSATION, SessionId::new),
        id(frame, MESSAGE, MessageId::new),
        options(frame));
  }

  private static AnswerOptions options(BodyFields frame) {
    return new AnswerOptions(
        frame.requiredText(MODEL), frame.text(SYSTEM), frame.value(PARAMETERS));
  }

  private static ChatCommand stop(BodyFields frame) {
    only(frame, ANSWER);
    return new ChatCommand.Stop(id(frame, ANSWER, MessageId::new));
  }

  private static ChatCommand resume(BodyFields frame) {
    only(frame, CONVERSATION, ANSWER, "position");
    return new ChatCommand.Resume(
        id(frame, CONVERSATION, SessionId::new),
        id(frame, ANSWER, MessageId::new),
        frame.text("position"));
  }

  private static <T> T id(BodyFields frame, String name, Function<String, T> type) {
    String text = frame.requiredText(name);
    return checked(name, () -> type.apply(text));
  }

  private static <T> T checked(String name, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ApiException(ApiError.invalid(name, String.valueOf(e.getMessage())));
    }
  }

  /** A field that does nothing is a mistake of the client. */
  private static void only(BodyFields frame, String... names) {
    Set<String> allowed = Set.of(names);
    for (var given : frame.node().properties()) {
      if (!given.getKey().equals(TYPE) && !allowed.contains(given.getKey())) {
        String name = BodyFields.printable(given.getKey());
        throw new ApiException(
            ApiError.refused(
                400,
                "unsupported_parameter",
                Optional.of(name),
                name + ": unknown (expected: no such field)"));
      }
    }
  }
}
