package io.anyserve.router.recovery;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.recovery.TrackedRequest.Ended;
import io.anyserve.router.recovery.TrackedRequest.Running;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The requests of one partition of {@code tokens} that run, and those that ended just now. Applying
 * the same records again changes nothing. A stream thread applies events, the recovery's notes what
 * it published again, any thread may read.
 *
 * <pre>
 * unknown -- Started -->                 running
 * unknown -- terminal, attempt 0 -->     ended
 * running -- Started that counts -->     running    by another worker or once more
 * running -- void Started, terminal -->  running    contested
 * running -- Released, republished -->   running    recovered
 * running -- terminal that counts -->    ended
 * running -- too old -->                 unknown
 * ended   -- many others ended -->       unknown
 * </pre>
 */
public final class InFlightRequests {

  /** Until their entries are in the ledger, and so that what comes late is recognised. */
  static final int ENDED_REMEMBERED = 4_096;

  private final Map<RequestId, TrackedRequest> known = new ConcurrentHashMap<>();
  private final Deque<RequestId> ended = new ArrayDeque<>();
  private volatile long position;

  /**
   * Applies one event.
   *
   * @param at by the log's clock
   * @param now by the router's clock
   */
  public void apply(TokenRecord record, long offset, long at, long now) {
    switch (record.event()) {
      case Started started -> started(record, started, offset, at, now);
      case Terminal terminal -> ended(record, terminal, at, now);
      case Released released -> released(record, released, now);
      case Chunk _, TokenEvent.DuplicateSubmission _ -> {}
    }
  }

  /** Notes that everything before that offset is applied. */
  public void passed(long offset) {
    position = Math.max(position, offset);
  }

  /** Everything before that offset is applied. */
  long position() {
    return position;
  }

  public Optional<TrackedRequest> find(RequestId request) {
    return Optional.ofNullable(known.get(request));
  }

  public int running() {
    return known.size() - ended.size();
  }

  /** The running requests for which the condition holds. */
  List<Running> running(Predicate<Running> condition) {
    List<Running> found = new ArrayList<>();
    for (TrackedRequest request : known.values()) {
      if (request instanceof Running running && condition.test(running)) {
        found.add(running);
      }
    }
    return found;
  }

  /** Where the oldest running request started; empty when none runs. */
  public OptionalLong oldestOffset() {
    long oldest = Long.MAX_VALUE;
    for (TrackedRequest request : known.values()) {
      if (request instanceof Running running) {
        oldest = Math.min(oldest, running.firstOffset());
      }
    }
    return oldest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(oldest);
  }

  /** Notes that this attempt was published again. */
  void recovered(Running running) {
    update(running.record(), Running::marked);
  }

  /** Changes what is known of that execution, where it still is the one that counts. */
  private void update(TokenRecord execution, UnaryOperator<Running> change) {
    known.computeIfPresent(
        execution.request(),
        (_, request) ->
            request instanceof Running running && running.isOf(execution)
                ? change.apply(running)
                : request);
  }

  /** Forgets the running requests that started before that time. */
  public void purge(long before) {
    known.values().removeIf(request -> request instanceof Running old && old.firstAt() < before);
  }

  private void started(TokenRecord record, Started started, long offset, long at, long now) {
    switch (known.get(record.request())) {
      case null -> {
        if (record.attempt() > 0) {
          known.put(record.request(), new Running(record, offset, at, at, now, 0, false, false));
        }
      }
      case Running running -> {
        switch (running.verdict(record)) {
          case ACCEPTED -> known.put(record.request(), running.then(record, at, now));
          case FENCED -> {
            if (!started.again()) {
              contested(running, at, now);
            }
          }
          case DUPLICATE, GAP -> {}
        }
      }
      case Ended _ -> {}
    }
  }

  /** Its worker has published it again itself, or is about to and may fail at that. */
  private void released(TokenRecord record, Released released, long now) {
    update(record, running -> released.republished() ? running.marked() : running.contested(now));
  }

  private void ended(TokenRecord record, Terminal terminal, long at, long now) {
    switch (known.get(record.request())) {
      case null -> untaken(record, terminal, at);
      case Running running -> {
        if (running.verdict(record) == Verdict.ACCEPTED) {
          end(record, of(terminal, running.started().context(), Optional.of(running), at));
        } else {
          contested(running, at, now);
        }
      }
      case Ended _ -> {}
    }
  }

  /** An older event than the Started that counts was fenced by it, and is only read again. */
  private void contested(Running running, long at, long now) {
    if (at >= running.at()) {
      update(running.record(), current -> current.contested(now));
    }
  }

  private void untaken(TokenRecord record, Terminal terminal, long at) {
    if (new FencedStream().apply(record) == Verdict.ACCEPTED) {
      terminal
          .context()
          .ifPresent(context -> end(record, of(terminal, context, Optional.empty(), at)));
    }
  }

  private void end(TokenRecord record, Ended end) {
    known.put(record.request(), end);
    ended.addLast(record.request());
    if (ended.size() > ENDED_REMEMBERED) {
      known.remove(ended.removeFirst());
    }
  }

  private static Ended of(
      Terminal terminal, RequestContext context, Optional<Running> last, long at) {
    return new Ended(
        context,
        last,
        terminal.outcome(),
        terminal instanceof Failed(Failure failure, var _, var _)
            ? Optional.of(failure)
            : Optional.empty(),
        terminal.usage(),
        terminal.engineTime(),
        at);
  }
}
