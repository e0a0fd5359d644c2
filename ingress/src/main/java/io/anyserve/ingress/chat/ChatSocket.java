package io.anyserve.ingress.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.ingress.admission.InvalidRequestException;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.BodyFields;
import io.anyserve.ingress.openai.CompletionKind;
import io.anyserve.ingress.openai.StrictJson;
import io.anyserve.runtime.auth.Caller;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket. Frames of the client are carried out one after the other on the thread that reads
 * them, which may wait; {@link SocketWriter} writes. Answers go on when it closes. Public as the
 * server looks its methods up.
 */
public final class ChatSocket implements Session.Listener.AutoDemanding {

  /** Answers that one socket follows at once. */
  static final int MOST_ANSWERS = 8;

  private static final Logger log = LoggerFactory.getLogger(ChatSocket.class);

  private static final int LONGEST_SHOWN = 128;

  private final Caller caller;
  private final ChatCommandHandler handler;
  private final SocketCounts counts;
  private final LongSupplier clock;
  private final SocketOutbox outbox = new SocketOutbox();
  private final Map<MessageId, SocketSink> sinks = new ConcurrentHashMap<>();
  private @Nullable SocketWriter writer;

  /**
   * Not open yet.
   *
   * @param clock nanoseconds
   */
  ChatSocket(Caller caller, ChatCommandHandler handler, SocketCounts counts, LongSupplier clock) {
    this.caller = caller;
    this.handler = handler;
    this.counts = counts;
    this.clock = clock;
  }

  Caller caller() {
    return caller;
  }

  /** Whether it follows that answer. */
  boolean follows(MessageId answer) {
    return sinks.containsKey(answer);
  }

  /** Throws RATE_LIMITED where it follows as many answers as it may. */
  void requirePlace() {
    if (sinks.size() >= MOST_ANSWERS) {
      throw new FailureException(
          FailureCode.RATE_LIMITED,
          "answers: %d run on this socket (expected: at most %d)"
              .formatted(sinks.size(), MOST_ANSWERS));
    }
  }

  void put(String frame) {
    outbox.put(frame);
  }

  /**
   * For an answer that it does not follow, or anew; takes nothing until it is released.
   *
   * @param recorded asked at the end; done when the conversation has it, with what it cost
   */
  SocketSink newSink(MessageId answer, Supplier<CompletableFuture<Optional<AnswerCost>>> recorded) {
    var sink =
        new SocketSink(
            answer,
            outbox,
            end -> ChatCommandHandler.settle(recorded.get(), cost -> end(answer, end.frame(cost))));
    @Nullable SocketSink earlier = sinks.put(answer, sink);
    if (earlier != null) {
      earlier.leave();
    }
    if (!outbox.isOpen()) {
      sink.leave();
    }
    return sink;
  }

  /** Nobody follows that answer here any more. */
  void remove(SocketSink sink) {
    sinks.remove(sink.answer(), sink);
    sink.leave();
  }

  private void end(MessageId answer, String frame) {
    sinks.remove(answer);
    outbox.put(frame);
  }

  @Override
  public void onWebSocketOpen(Session session) {
    if (!counts.open(caller)) {
      outbox.close();
      session.close(
          StatusCode.TRY_AGAIN_LATER,
          "sockets of this key: " + SocketCounts.MOST + ", the most allowed",
          Callback.NOOP);
      return;
    }
    writer = new SocketWriter(session, outbox, this::drain, clock);
    Thread.ofVirtual().name("chat-socket").start(writer);
  }

  private void drain() {
    sinks.values().forEach(SocketSink::drain);
  }

  @Override
  public void onWebSocketText(String message) {
    sign();
    try {
      outbox.awaitRoom();
      carryOut(message);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void carryOut(String message) throws InterruptedException {
    var subject = new ChatEvents.Subject(Optional.empty(), Optional.empty());
    try {
      var frame = new BodyFields("", StrictJson.parse(message.getBytes(UTF_8)));
      subject = subject(frame);
      handler.carryOut(ChatCommandReader.read(frame), this);
    } catch (ApiException e) {
      outbox.put(ChatEvents.failed(subject, e.error()));
    } catch (InvalidRequestException e) {
      outbox.put(ChatEvents.failed(subject, ApiError.of(e, CompletionKind.CHAT)));
    } catch (FailureException e) {
      outbox.put(ChatEvents.failed(subject, ApiError.of(e.failure())));
    } catch (IllegalArgumentException e) {
      var failure = new Failure(FailureCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
      outbox.put(ChatEvents.failed(subject, ApiError.of(failure)));
    } catch (RuntimeException e) {
      log.error("A frame of a chat cannot be carried out", e);
      outbox.put(ChatEvents.failed(subject, ApiError.of(Failure.unforeseen())));
    }
  }

  private static ChatEvents.Subject subject(BodyFields frame) {
    return new ChatEvents.Subject(named(frame, "message"), named(frame, "answer"));
  }

  private static Optional<String> named(BodyFields frame, String field) {
    return frame
        .value(field)
        .flatMap(value -> value.stringValueOpt())
        .filter(text -> text.length() <= LONGEST_SHOWN);
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    sign();
    try {
      outbox.awaitRoom();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    outbox.put(
        ChatEvents.failed(
            new ChatEvents.Subject(Optional.empty(), Optional.empty()),
            ApiError.refused(
                400, "invalid_value", Optional.empty(), "frame: binary (expected: text)")));
    callback.succeed();
  }

  @Override
  public void onWebSocketPong(ByteBuffer payload) {
    sign();
  }

  private void sign() {
    @Nullable SocketWriter open = writer;
    if (open != null) {
      open.sign();
    }
  }

  @Override
  public void onWebSocketClose(int statusCode, String reason, Callback callback) {
    close();
    callback.succeed();
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    log.debug("A chat's socket broke", cause);
    close();
  }

  private void close() {
    if (outbox.isOpen()) {
      outbox.close();
      counts.close(caller);
    }
    sinks.values().forEach(SocketSink::leave);
    sinks.clear();
  }
}
