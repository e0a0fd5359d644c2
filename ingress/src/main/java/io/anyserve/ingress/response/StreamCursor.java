package io.anyserve.ingress.response;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.StreamProgress;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.ingress.response.UnseenEnds.LiveEnd;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Where a reader stands in the log: what it has taken of its stream, and what it takes next.
 * Guarded by the lock of its {@link ResponseStream}.
 *
 * <pre>
 * LIVE    -- more waits than may wait --> STALLED      what waited is forgotten, the log has it
 * STALLED -- the client takes more --> LIVE            the live reader did not pass its place
 * STALLED -- the client takes more --> BEHIND          otherwise: the replay reads for it
 * BEHIND  -- the client takes no more --> STALLED
 * BEHIND  -- the replay passed all that came live --> LIVE
 * </pre>
 */
final class StreamCursor {

  private enum Mode {
    LIVE,
    STALLED,
    BEHIND
  }

  private static final int EVENT_BYTES = 64;

  private final FencedStream progress;
  private final Optional<LiveEnd> liveEnd;
  private final ResponseMetrics meters;
  private final Deque<Waiting> waiting = new ArrayDeque<>(0);
  private long waitingBytes;
  private Mode mode;
  private long next;
  private long cameLive;
  private long listenedFrom = AssignedPartitions.NOT_READ;

  /** A record that its client did not take yet. */
  record Waiting(long offset, long timestamp, TokenRecord record) {

    private long bytes() {
      return record.event() instanceof Chunk chunk ? EVENT_BYTES + content(chunk) : EVENT_BYTES;
    }

    private static long content(Chunk chunk) {
      return 2L * chunk.delta().length()
          + chunk.payload().map(Payload::size).orElse(0L)
          + PositionLogprobs.size(chunk.logprobs());
    }
  }

  private StreamCursor(
      Mode mode,
      long next,
      FencedStream progress,
      Optional<LiveEnd> liveEnd,
      ResponseMetrics meters) {
    this.mode = mode;
    this.next = next;
    this.progress = progress;
    this.liveEnd = liveEnd;
    this.meters = meters;
  }

  /** Of a stream that has not begun. */
  static StreamCursor live(ResponseMetrics meters) {
    var all = Optional.of(new LiveEnd());
    return new StreamCursor(Mode.LIVE, 0, new FencedStream(), all, meters);
  }

  /**
   * Of a stream that is in the log.
   *
   * @param from no record of the stream behind {@code reached} lies before it; negative when
   *     unknown
   * @param reached what its client has of the stream
   */
  static StreamCursor stalled(long from, StreamProgress reached, ResponseMetrics meters) {
    var behind = new FencedStream(reached);
    return new StreamCursor(Mode.STALLED, from, behind, Optional.empty(), meters);
  }

  FencedStream progress() {
    return progress;
  }

  /** Nothing of the stream has come, as far as is known here. */
  boolean isFresh() {
    return mode == Mode.LIVE && next == 0;
  }

  /** The offset from which it goes on; negative for the beginning of the log. */
  long next() {
    return next;
  }

  boolean isStalled() {
    return mode == Mode.STALLED;
  }

  boolean isBehind() {
    return mode == Mode.BEHIND;
  }

  /** Of a stream that comes live from its beginning. */
  Optional<LiveEnd> liveEnd() {
    return liveEnd;
  }

  /** Whether the record that came live is its next; otherwise the log keeps it. */
  boolean takesLive(long offset, TokenRecord record) {
    liveEnd.ifPresent(end -> end.apply(record));
    if (mode == Mode.LIVE) {
      return offset >= next;
    }
    cameLive = Math.max(cameLive, offset + 1);
    return false;
  }

  /** Everything before {@code offset} is taken or waits. */
  void moveTo(long offset) {
    next = Math.max(next, offset);
  }

  boolean nothingWaits() {
    return waiting.isEmpty();
  }

  /** Keeps it for later; false where too much waits now. */
  boolean keep(long offset, long timestamp, TokenRecord record, ResponseLimits limits) {
    var kept = new Waiting(offset, timestamp, record);
    waiting.add(kept);
    waitingBytes += kept.bytes();
    meters.waits(1);
    boolean heavy = waiting.size() > 1 && waitingBytes > limits.waitingBytes();
    return !heavy && waiting.size() <= limits.waitingEvents();
  }

  Waiting takeWaiting() {
    Waiting taken = waiting.remove();
    waitingBytes -= taken.bytes();
    meters.waits(-1);
    return taken;
  }

  /** Takes nothing before its client does; what waits is read again then. */
  void stall() {
    if (!waiting.isEmpty()) {
      cameLive = Math.max(cameLive, next);
      next = waiting.getFirst().offset();
      forgetWaiting();
    }
    mode = Mode.STALLED;
  }

  void fallBehind() {
    mode = Mode.BEHIND;
  }

  /**
   * Live again, if all that came live meanwhile lies before {@code next}.
   *
   * @param listening how far the live reader had come at some moment after this reader was known to
   *     it; {@link AssignedPartitions#NOT_READ} where there is none
   */
  boolean goLive(long listening) {
    if (listenedFrom == AssignedPartitions.NOT_READ) {
      listenedFrom = listening;
    }
    if (listenedFrom == AssignedPartitions.NOT_READ || next < listenedFrom || next < cameLive) {
      return false;
    }
    mode = Mode.LIVE;
    return true;
  }

  /** Whether the stream's end has come, be it that it still waits. */
  boolean hasEnd() {
    waiting.forEach(kept -> progress.apply(kept.record()));
    forgetWaiting();
    return progress.ended();
  }

  void forgetWaiting() {
    if (!waiting.isEmpty()) {
      meters.waits(-waiting.size());
      waiting.clear();
      waitingBytes = 0;
    }
  }
}
