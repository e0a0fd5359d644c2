package io.anyserve.ingress.chat;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.conversation.AnswerState;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.conversation.MessageOrigin;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.AdmissionPolicy;
import io.anyserve.ingress.grpc.ConversationClient;
import io.anyserve.ingress.kafka.TraceContext;
import io.anyserve.ingress.openai.CompletionCall;
import io.anyserve.ingress.prices.PriceBooks;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.runtime.auth.Caller;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers of conversations from their beginning to their end. The conversation has each from before
 * its request is published; its end comes from the log, recorded by the ingress that began it or by
 * any other that looks at it. Thread-safe.
 */
final class ChatAnswers {

  private static final Logger log = LoggerFactory.getLogger(ChatAnswers.class);

  private static final String ROLE = "assistant";

  /** How long behind its deadline a request may end in the log. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private static final Duration SHORTEST_WATCH = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** To record an end; the next look at the answer tries again. */
  private static final int MOST_TRIES = 5;

  /** A client waits for its message to be added. */
  private static final Duration AGAIN = Duration.ofMillis(200);

  /** The pause between tries grows to so many times the first one. */
  private static final int SLOWEST = 10;

  private final ConversationClient conversations;
  private final Admission admission;
  private final ResponseStreams streams;
  private final Consumer<RequestId> stop;
  private final PriceBooks prices;
  private final Times times;
  private final Map<RequestId, AnswerRecorder> recorders = new ConcurrentHashMap<>();

  /**
   * Time for answers.
   *
   * @param adding how long one is added again while the router does not say whether it was
   */
  record Times(Duration adding, InstantSource clock) {}

  /**
   * Without any answer.
   *
   * @param stop tells the workers to stop a request
   */
  ChatAnswers(
      ConversationClient conversations,
      Admission admission,
      ResponseStreams streams,
      Consumer<RequestId> stop,
      PriceBooks prices,
      Times times) {
    this.conversations = conversations;
    this.admission = admission;
    this.streams = streams;
    this.stop = stop;
    this.prices = prices;
    this.times = times;
  }

  /** A message was sent before, and has its answer. */
  static final class RepeatedMessageException extends RuntimeException {

    private static final long serialVersionUID = 1L;
  }

  /**
   * Lets a request in whose answer goes into the conversation. Returns at once.
   *
   * @param question new, or empty for another answer to {@code parent}
   * @throws FailureException or an InvalidRequestException, before anything has happened
   */
  AnswerRecorder begin(
      Caller caller,
      ConversationId conversation,
      MessageId parent,
      Optional<ConversationMessage> question,
      CompletionCall call) {
    var recorder = new AnswerRecorder(this, conversation);
    AdmissionPolicy append =
        (request, callbacks) -> {
          ConversationMessage answer = running(request, parent, call.model());
          recorder.begins(answer);
          var addition =
              new Addition(
                  recorder,
                  question,
                  answer,
                  lastTry(request),
                  () -> callbacks.passed().accept(request),
                  callbacks.refused());
          Thread.ofVirtual().name("chat-append").start(() -> append(addition, 1));
        };
    var origin =
        new Admission.CallContext(
            caller,
            Optional.empty(),
            new TraceContext(Optional.empty(), Optional.empty()),
            Optional.empty(),
            _ -> {});
    admission.admit(call.choices().getFirst(), origin, append, recorder);
    return recorder;
  }

  private Instant lastTry(InferenceRequest request) {
    Instant patience = times.clock.instant().plus(times.adding);
    return request.routing().deadline().filter(patience::isAfter).orElse(patience);
  }

  private ConversationMessage running(InferenceRequest request, MessageId parent, String model) {
    Instant deadline = request.routing().deadline().orElseGet(times.clock::instant);
    return new ConversationMessage(
        new MessageId(request.id().toString()),
        Optional.of(parent),
        ROLE,
        new Payload.Text(""),
        Optional.of(
            new MessageOrigin(
                request.id(),
                model,
                TokenUsage.NONE,
                Optional.of(request.routing().reply()),
                new AnswerState.Running(deadline))),
        times.clock.instant());
  }

  /**
   * A question and the beginning of its answer, on their way into the conversation.
   *
   * @param question empty where the conversation has it
   * @param lastTry when to give up where the router does not say whether it was added
   * @param added runs when the conversation has the answer
   */
  private record Addition(
      AnswerRecorder recorder,
      Optional<ConversationMessage> question,
      ConversationMessage answer,
      Instant lastTry,
      Runnable added,
      Consumer<Failure> refused) {}

  /**
   * Where the router does not say whether it was added, the same is added again: an answer that
   * nobody will ever write must not stay in the conversation.
   */
  private void append(Addition addition, int attempt) {
    AnswerRecorder recorder = addition.recorder;
    try {
      if (isAdded(addition, append(recorder.conversation(), addition), attempt)) {
        addition.added.run();
      } else {
        forget(recorder);
        recorder.stream().cancel(CancelReason.CLIENT_GONE);
        recorder.begun().completeExceptionally(new RepeatedMessageException());
      }
    } catch (FailureException e) {
      if (isInDoubt(e.failure().code(), attempt)
          && times.clock.instant().isBefore(addition.lastTry)) {
        later(AGAIN.multipliedBy(Math.min(attempt, SLOWEST)), () -> append(addition, attempt + 1));
      } else {
        addition.refused.accept(e.failure());
      }
    } catch (RuntimeException | Error e) {
      log.error("An answer cannot be added to conversation {}", recorder.conversation(), e);
      addition.refused.accept(Failure.unforeseen());
    }
  }

  /** Whether it may be added, by this try or the ones before. */
  private static boolean isInDoubt(FailureCode code, int attempt) {
    return code.retryable() && (code != FailureCode.OVERLOADED || attempt > 1);
  }

  private Conversation append(ConversationId id, Addition addition) {
    return addition.question.isPresent()
        ? conversations.append(id, addition.question.get(), Optional.of(addition.answer))
        : conversations.append(id, addition.answer, Optional.empty());
  }

  /** The conversation may have moved on since a try that nobody heard of. */
  private boolean isAdded(Addition addition, Conversation now, int attempt) {
    MessageId answer = addition.answer.id();
    return now.leaf().equals(answer)
        || (attempt > 1 && conversations.contains(addition.recorder.conversation(), answer));
  }

  private static void later(Duration pause, Runnable task) {
    CompletableFuture.delayedExecutor(
            pause.toMillis(),
            TimeUnit.MILLISECONDS,
            work -> Thread.ofVirtual().name("chat-retry").start(work))
        .execute(task);
  }

  /** The recorder has a stream. */
  void opened(RequestId request, AnswerRecorder recorder) {
    recorders.put(request, recorder);
  }

  /**
   * Reads in the log how an answer has ended or will end, and records it. Never throws: another
   * look may succeed.
   *
   * @param message that {@link ConversationMessage#isRunning}
   */
  AnswerRecorder follow(ConversationId conversation, ConversationMessage message) {
    MessageOrigin origin = message.generation().orElseThrow();
    var recorder = new AnswerRecorder(this, conversation, message);
    @Nullable AnswerRecorder earlier = recorders.putIfAbsent(origin.request(), recorder);
    if (earlier != null) {
      return earlier;
    }
    try {
      streams.watch(
          token(conversation, origin),
          conversation.tenant(),
          origin.request(),
          patience(message),
          recorder);
    } catch (FailureException e) {
      log.info("An answer of conversation {} cannot be read: {}", conversation, e.getMessage());
      recorders.remove(origin.request(), recorder);
      recorder.settle();
    }
    return recorder;
  }

  /** Names the beginning of an answer's stream. */
  String token(ConversationId conversation, MessageOrigin origin) {
    ReplyTo reply =
        origin
            .reply()
            .orElseThrow(
                () ->
                    new FailureException(
                        FailureCode.INVALID_REQUEST,
                        "answer: its events are not known (expected: an answer made over"
                            + " /chat/ws)"));
    return streams
        .handle(origin.request(), conversation.session(), conversation.tenant(), reply)
        .resumeToken();
  }

  /** How long to read on for the end of a running answer. */
  Duration patience(ConversationMessage message) {
    Duration left = Duration.between(times.clock.instant(), overdue(message));
    return left.compareTo(SHORTEST_WATCH) < 0 ? SHORTEST_WATCH : left;
  }

  private static Instant overdue(ConversationMessage message) {
    return message.generation().orElseThrow().state() instanceof AnswerState.Running(Instant until)
        ? until.plus(MARGIN)
        : Instant.MIN;
  }

  /** Whether its request would have ended by now, if it ever was in the log. */
  boolean isOverdue(@Nullable ConversationMessage message) {
    return message != null && times.clock.instant().isAfter(overdue(message));
  }

  /**
   * {@link AnswerRecorder#settled} for an answer that a client has followed to its end. An ingress
   * that did not begin it reads it once more for that, and so not while clients hurry behind the
   * newest chunks. Does not block.
   */
  CompletableFuture<Optional<AnswerCost>> completed(
      ConversationId conversation, ConversationMessage message) {
    if (!message.isRunning()) {
      return CompletableFuture.completedFuture(message.generation().flatMap(MessageOrigin::cost));
    }
    return CompletableFuture.supplyAsync(
            () -> follow(conversation, message),
            work -> Thread.ofVirtual().name("chat-complete").start(work))
        .thenCompose(AnswerRecorder::settled);
  }

  /**
   * What the ledger charges for an answer.
   *
   * @param at when it ended, by the log's clock
   * @param model of the last worker that took it; empty where none did
   */
  Optional<AnswerCost> cost(Terminal end, Instant at, String model) {
    return prices.charge(at, model, end.usage(), end.outcome() == Outcome.FINISHED);
  }

  /** Stops a request of a tenant's own conversation. */
  void stop(RequestId request) {
    stop.accept(request);
  }

  /** Says to the conversation how the answer has ended. Does not block. */
  void record(AnswerRecorder recorder, ConversationMessage ended) {
    Thread.ofVirtual().name("chat-record").start(() -> record(recorder, ended, 1));
  }

  /** Where the conversation is gone, so is the answer. */
  private void record(AnswerRecorder recorder, ConversationMessage ended, int attempt) {
    try {
      conversations.complete(recorder.conversation(), ended);
      forget(recorder);
    } catch (FailureException e) {
      if (e.failure().code().retryable() && attempt < MOST_TRIES) {
        later(RETRY, () -> record(recorder, ended, attempt + 1));
      } else {
        log.info(
            "The end of answer {} was not recorded; the next look at it tries again: {}",
            ended.id(),
            e.getMessage());
        forget(recorder);
      }
    } catch (RuntimeException | Error e) {
      log.error("The end of answer {} cannot be recorded", ended.id(), e);
      forget(recorder);
    }
  }

  /** Nothing more is done here about it. */
  void forget(AnswerRecorder recorder) {
    recorder.request().ifPresent(request -> recorders.remove(request, recorder));
    recorder.settle();
  }
}
