package io.anyserve.ingress.response;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests whose reader here ended before they did, for as long as somebody may ask about them:
 * their end is noted when it comes live. Thread-safe.
 */
final class UnseenEnds {

  private final Map<RequestId, Unseen> requests = new ConcurrentHashMap<>();
  private final BiConsumer<SubscriptionSpec, RecentRequest.End> seen;

  /**
   * Finds the end of a request among all of its records as they come live, whether or not a client
   * takes them. A record that is applied again changes nothing. Guarded by the lock of its {@link
   * ResponseStream}; once that has ended, the thread that reads {@code tokens} owns it.
   */
  static final class LiveEnd {

    private final FencedStream passed = new FencedStream();
    private RecentRequest.@Nullable End end;

    void apply(TokenRecord record) {
      if (passed.apply(record) == Verdict.ACCEPTED && record.event() instanceof Terminal terminal) {
        end = new RecentRequest.End(passed.settle(terminal), passed.nextSequence());
      }
    }

    /** Empty until it has come. */
    Optional<RecentRequest.End> end() {
      return Optional.ofNullable(end);
    }
  }

  private record Unseen(SubscriptionSpec spec, LiveEnd live, long since) {}

  /**
   * @param seen hears of each end
   */
  UnseenEnds(BiConsumer<SubscriptionSpec, RecentRequest.End> seen) {
    this.seen = seen;
  }

  /**
   * Follows a request to its end, while the reader is still registered, so that nothing is missed;
   * false where too many are followed.
   *
   * @param now nanoseconds
   */
  boolean follow(SubscriptionSpec spec, LiveEnd live, long now) {
    boolean follows = requests.size() < RecentRequests.MOST;
    if (follows) {
      requests.put(spec.handle().request(), new Unseen(spec, live, now));
    }
    return follows;
  }

  boolean contains(RequestId request) {
    return requests.containsKey(request);
  }

  /** A live record; the readers of its request had it before. */
  void receive(int partition, TokenRecord record) {
    @Nullable Unseen unseen = requests.get(record.request());
    if (unseen != null && unseen.spec.handle().address().partition() == partition) {
      unseen.live.apply(record);
      unseen.live.end().ifPresent(end -> note(unseen, end));
    }
  }

  private void note(Unseen unseen, RecentRequest.End end) {
    requests.remove(unseen.spec.handle().request(), unseen);
    seen.accept(unseen.spec, end);
  }

  /** Nobody is told of requests that are older. */
  void forgetOld(long now) {
    requests.values().removeIf(unseen -> now - unseen.since >= RecentRequests.KEPT.toNanos());
  }
}
