package io.anyserve.worker.publish;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The events of one execution on their way to the log, up to one terminal event.
 *
 * <pre>
 * open -- Started -->              started
 * open -- terminal -->             over      written as of a request that nobody took; only of
 *                                            a first attempt
 * started -- terminal -->          over
 * open, started -- write fails --> over      nothing of this execution is written any more
 * </pre>
 *
 * <p>One thread at a time writes, but for the first Started, for which two threads may compete:
 * each event is written under this stream's own lock. The log's threads report.
 */
public final class EventStreamWriter {

  /**
   * Holds the request, and hears, once, what became of a stream. Called by any thread; must not
   * block.
   */
  public interface Owner {

    /** Where the request lies, as it was taken. */
    ConsumerRecord<byte[], byte[]> record();

    /**
     * Nobody else can have acquired the request since: it was acquired less than a lock's duration
     * ago.
     */
    boolean holds();

    /** The terminal event is in the log. */
    void answered(Outcome outcome);

    /** Another execution has ended it or goes on with it. */
    void elsewhere();

    /**
     * This execution has stopped before the end: another one has to continue. Where the log has its
     * Started, or will have it, this worker sees to that.
     */
    void lost(Exception why);

    /** Nobody can answer it, not even with a failure: it must not come again. */
    void refused();
  }

  private final InferenceRequest request;
  private final TopicOffset source;
  private final long executionId;
  private final Owner owner;
  private final ExecutionListener watch;
  private final byte[] key;
  private final ReentrantLock order = new ReentrantLock();
  private final CompletableFuture<Long> begun = new CompletableFuture<>();
  private final AtomicBoolean abandoned = new AtomicBoolean();
  private volatile int attempt;
  private volatile boolean started;
  private volatile long firstOffset = ReplyTo.UNKNOWN_OFFSET;
  private volatile boolean fenced;
  private int startedAs;
  private boolean admitted;
  private boolean promptStated;
  private volatile long promptTokens;
  private long tokens;
  private boolean chunked;
  private volatile boolean over;
  private volatile boolean uploading;
  private final Queue<TokenEvent> behindUpload = new ArrayDeque<>(0);

  /**
   * @param source where the request lies
   */
  public EventStreamWriter(
      InferenceRequest request, TopicOffset source, int attempt, long executionId, Owner owner) {
    this(request, source, attempt, executionId, owner, ExecutionListener.NONE);
  }

  /**
   * @param source where the request lies
   * @param watch looks on
   */
  public EventStreamWriter(
      InferenceRequest request,
      TopicOffset source,
      int attempt,
      long executionId,
      Owner owner,
      ExecutionListener watch) {
    this.request = request;
    this.source = source;
    this.attempt = attempt;
    this.executionId = executionId;
    this.owner = owner;
    this.watch = watch;
    this.key = request.id().bytes();
  }

  /** Who looks on. */
  public ExecutionListener watch() {
    return watch;
  }

  public InferenceRequest request() {
    return request;
  }

  /** Where the request lies. */
  public TopicOffset source() {
    return source;
  }

  public int attempt() {
    return attempt;
  }

  /** The execution needs a higher number: the log has one of which the deliveries do not know. */
  public void raiseAttempt(int higher) {
    if (higher <= attempt) {
      throw new IllegalArgumentException(
          "attempt: " + higher + " (expected: above " + attempt + ")");
    }
    attempt = higher;
  }

  /** The request as it was taken. */
  public ConsumerRecord<byte[], byte[]> record() {
    return owner.record();
  }

  /** Nobody else can have acquired the request since. */
  public boolean held() {
    return owner.holds();
  }

  public long executionId() {
    return executionId;
  }

  public boolean started() {
    return started;
  }

  /** Completes with the offset of the first Started, or fails as writing it failed. */
  public CompletableFuture<Long> begun() {
    return begun;
  }

  /**
   * What earlier attempts wrote counts for this one too.
   *
   * @param since where the first event of the request lies
   */
  public void resumeAfter(TokenUsage earlier, long since) {
    promptTokens = earlier.prompt();
    tokens = earlier.completion();
    firstOffset = since;
    fenced = true;
  }

  /** There were earlier attempts, and what they wrote is not known yet. */
  public boolean unfenced() {
    return attempt > 1 && !fenced;
  }

  /** No event of the request lies before it; {@link ReplyTo#UNKNOWN_OFFSET} when unknown. */
  public long firstOffset() {
    return firstOffset;
  }

  /** The event says nothing that this execution has not written. */
  public boolean repeats(TokenEvent event) {
    return event instanceof Started begin && started && (promptStated || begin.promptTokens() == 0);
  }

  /** The engine has the request; the watch hears it once. */
  public void admitted(Started begin) {
    if (!admitted) {
      admitted = true;
      watch.started(begin);
    }
  }

  /** Runs an action between two events of the stream. */
  <T> T inOrder(Supplier<T> action) {
    order.lock();
    try {
      return action.get();
    } finally {
      order.unlock();
    }
  }

  /** Nothing more is written. */
  public boolean closed() {
    return over;
  }

  /** For terminal events: the context where no Started came before. */
  public Optional<RequestContext> contextUnlessStarted() {
    return started ? Optional.empty() : Optional.of(request.context());
  }

  /** Ends the stream where it is; {@link #lost} or {@link #elsewhere} follows. */
  void stop() {
    over = true;
    abandoned.set(true);
  }

  /** Ends the stream after a record that was not written; true the first time. */
  boolean abandon() {
    over = true;
    return abandoned.compareAndSet(false, true);
  }

  /** The log has its Started, or will have it. */
  boolean begins() {
    return started && !begun.isCompletedExceptionally();
  }

  /** A Started is on its way to that offset. */
  void begins(CompletableFuture<Long> offset) {
    var _ = offset.whenComplete(this::begun);
  }

  private void begun(@Nullable Long offset, @Nullable Throwable failure) {
    if (offset == null) {
      begun.completeExceptionally(
          failure == null ? new IllegalStateException("no offset") : failure);
      return;
    }
    firstOffset = attempt == 1 && firstOffset < 0 ? offset : firstOffset;
    begun.complete(offset);
  }

  /** The stream is over and the request not answered. */
  void lost(Exception why) {
    over = true;
    owner.lost(why);
  }

  /** The stream is over, and nothing more can be written of the request by anybody. */
  public void refused() {
    over = true;
    owner.refused();
  }

  /** The stream is over: another execution counts, or the request has ended. */
  void elsewhere() {
    over = true;
    owner.elsewhere();
  }

  int partition() {
    return request.routing().reply().partition();
  }

  byte[] key() {
    return key;
  }

  /** The event as this execution's record; an end with the counts that the log has. */
  TokenRecord peek(TokenEvent event) {
    if (!(event instanceof Terminal terminal)) {
      TokenEvent said =
          event instanceof Started again && startedAs == attempt ? again.repeated() : event;
      return new TokenRecord(request.id(), attempt, executionId, said);
    }
    return started
        ? new TokenRecord(
            request.id(), attempt, executionId, terminal.with(usage(terminal.usage())))
        : TokenRecord.unassigned(request.id(), terminal.with(TokenUsage.NONE));
  }

  /** As {@code FencedStream.usage} has it for whoever reads what this execution wrote. */
  private TokenUsage usage(TokenUsage claimed) {
    return new TokenUsage(promptTokens, tokens, Math.min(claimed.cached(), promptTokens));
  }

  /** That event is written. */
  void moveOn(TokenEvent event) {
    switch (event) {
      case Started begin -> begin(begin);
      case Chunk chunk -> {
        tokens += chunk.tokens().size();
        noteFirst();
      }
      case Terminal terminal -> {
        over = true;
        watch.ended(terminal);
      }
      case Released _ -> over = true;
      case TokenEvent.DuplicateSubmission _ ->
          throw new IllegalArgumentException("duplicate: not a worker's event");
    }
  }

  private void begin(Started begin) {
    promptTokens = promptTokens == 0 ? begin.promptTokens() : promptTokens;
    promptStated |= begin.promptTokens() > 0;
    startedAs = attempt;
    started = true;
  }

  private void noteFirst() {
    if (!chunked) {
      chunked = true;
      watch.firstChunk();
    }
  }

  /** Both at once. */
  TokenRecord record(TokenEvent event) {
    TokenRecord record = peek(event);
    moveOn(event);
    return record;
  }

  /** The failure that ends the stream instead of that event. */
  Failed failed(Failure failure) {
    return new Failed(failure, TokenUsage.NONE, contextUnlessStarted());
  }

  /** The terminal event is in the log. */
  void ended(Terminal terminal) {
    owner.answered(terminal.outcome());
  }

  /** Events wait for an upload: whatever follows waits behind them. */
  boolean uploading() {
    return uploading;
  }

  /** Puts an event behind an upload; true when the caller has to begin one. */
  synchronized boolean enqueue(TokenEvent event) {
    behindUpload.add(event);
    boolean begin = !uploading;
    uploading = true;
    return begin;
  }

  /** The next event in line; null when there is none, and then none waits any more. */
  synchronized @Nullable TokenEvent dequeue() {
    TokenEvent next = behindUpload.poll();
    uploading = next != null;
    return next;
  }
}
