package io.anyserve.contracts.event;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;

/**
 * Decides, event by event in log order, which events of one request's stream are accepted. Every
 * reader of the partition decides the same, because all read it in the same order: ingress, router,
 * metering and a worker that takes over need no other coordination.
 *
 * <pre>
 * waiting  -- Started(n) -->            running(n)
 * waiting  -- terminal, attempt 0 -->   ended
 * running(n) -- Started(m >= n) -->     running(m)     execution n is fenced from here on
 * running(n) -- Chunk(next) of n -->    running(n)
 * running(n) -- Released of n -->       running(n)     n stops writing
 * running(n) -- terminal of n -->       ended          whatever follows is fenced
 * </pre>
 *
 * <p>It also decides what the request used, for the bill and for the caller: see {@link #usage}.
 *
 * <p>Of two executions with the same attempt number the one whose Started comes last counts: a
 * broker that fails forgets the deliveries that were under way, so the next one has the same
 * number. Such an execution may begin anew; what it repeats does not count again. A Started that an
 * execution writes again changes nothing: the execution that it overtakes would not know. Not
 * thread-safe.
 */
public final class FencedStream {

  /** What an event means for the stream. */
  public enum Verdict {
    /** It counts. */
    ACCEPTED,
    /** An execution that counts no more wrote it, or the stream has ended. */
    FENCED,
    /** It was accepted before. */
    DUPLICATE,
    /** A chunk before it is missing. */
    GAP
  }

  private int attempt;
  private long executionId;
  private long nextSequence;
  private long tokens;
  private long promptTokens;
  private boolean ended;

  /** Of a request from which nothing came. */
  public FencedStream() {
    this(StreamProgress.BEGINNING);
  }

  /** Goes on behind the event after which another one of the same request stood there. */
  public FencedStream(StreamProgress reached) {
    attempt = reached.attempt();
    executionId = reached.executionId();
    nextSequence = reached.nextSequence();
    tokens = reached.tokens();
    promptTokens = reached.promptTokens();
    ended = reached.ended();
  }

  /** Where it stands; another one goes on from there. */
  public StreamProgress progress() {
    return new StreamProgress(attempt, executionId, nextSequence, tokens, promptTokens, ended);
  }

  /** Moves on by one record of this request. */
  public Verdict apply(TokenRecord record) {
    if (ended) {
      return Verdict.FENCED;
    }
    return switch (record.event()) {
      case Started started -> started(record, started);
      case Chunk chunk ->
          chunk(record.attempt(), record.executionId(), chunk.sequence(), chunk.tokens().size());
      case Released _ ->
          isCurrent(record.attempt(), record.executionId()) ? Verdict.ACCEPTED : Verdict.FENCED;
      case TokenEvent.DuplicateSubmission _ -> Verdict.FENCED;
      case Terminal _ -> isCurrent(record.attempt(), record.executionId()) ? end() : Verdict.FENCED;
    };
  }

  /** As {@link #apply}, for readers that look at no more of a chunk than this. */
  public Verdict chunk(int attempt, long executionId, long sequence, int size) {
    if (ended || attempt == 0 || !isCurrent(attempt, executionId)) {
      return Verdict.FENCED;
    }
    if (sequence != nextSequence) {
      return sequence < nextSequence ? Verdict.DUPLICATE : Verdict.GAP;
    }
    nextSequence++;
    tokens += size;
    return Verdict.ACCEPTED;
  }

  private Verdict started(TokenRecord record, Started started) {
    boolean current = isCurrent(record.attempt(), record.executionId());
    boolean superseded = started.again() && record.attempt() == attempt && !current;
    if (superseded || record.attempt() < Math.max(1, attempt)) {
      return Verdict.FENCED;
    }
    promptTokens = promptTokens == 0 ? started.promptTokens() : promptTokens;
    if (current) {
      return Verdict.DUPLICATE;
    }
    attempt = record.attempt();
    executionId = record.executionId();
    return Verdict.ACCEPTED;
  }

  private Verdict end() {
    ended = true;
    return Verdict.ACCEPTED;
  }

  private boolean isCurrent(int attempt, long executionId) {
    return attempt == this.attempt && executionId == this.executionId;
  }

  /** Of the execution that counts now; 0 before the first Started. */
  public int attempt() {
    return attempt;
  }

  /** The execution that counts now. */
  public long executionId() {
    return executionId;
  }

  /** Chunks that counted: the sequence of the next one. */
  public long nextSequence() {
    return nextSequence;
  }

  /** Tokens in the chunks that counted. */
  public long tokens() {
    return tokens;
  }

  /** As the first Started said that knew them; 0 where none did. */
  public long promptTokens() {
    return promptTokens;
  }

  /**
   * What the request used so far: its prompt once, and each token that a chunk that counted wrote.
   * A terminal event claims its own counts; these are what the caller is told and what is billed.
   *
   * @param claimed by the terminal event, which alone knows how much of the prompt was cached
   */
  public TokenUsage usage(TokenUsage claimed) {
    return new TokenUsage(promptTokens, tokens, Math.min(claimed.cached(), promptTokens));
  }

  /** The end with the counts of {@link #usage}. */
  public Terminal settle(Terminal end) {
    return end.with(usage(end.usage()));
  }

  public boolean ended() {
    return ended;
  }
}
