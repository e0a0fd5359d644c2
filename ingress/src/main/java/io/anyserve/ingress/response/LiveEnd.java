package io.anyserve.ingress.response;

import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a request among all of its records as they come live, whether or not a client
 * takes them. A record that is applied again changes nothing. Guarded by the lock of its {@link
 * ResponseStream}, and by {@link UnseenEnds} once that has ended.
 */
final class LiveEnd {

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
