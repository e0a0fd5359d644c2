package io.anyserve.ingress.response;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The requests of which this ingress told a client something a short while ago, until the router
 * knows as much: so many at most, the oldest are forgotten first. Thread-safe.
 */
final class RecentRequests {

  static final int MOST = 10_000;
  static final Duration KEPT = Duration.ofMinutes(1);

  private final SequencedMap<RequestId, Entry> entries = new LinkedHashMap<>();

  private record Entry(RecentRequest seen, long at) {

    boolean isOld(long now) {
      return now - at >= KEPT.toNanos();
    }
  }

  /**
   * Something was told of a request.
   *
   * @param first where nothing was told before
   * @param now nanoseconds
   */
  synchronized void put(
      RequestId request, RecentRequest first, UnaryOperator<RecentRequest> change, long now) {
    @Nullable Entry before = entries.remove(request);
    entries.put(request, new Entry(change.apply(before == null ? first : before.seen()), now));
    forgetOld(now);
  }

  /** This ingress does not read its stream any more. */
  synchronized void unfollow(RequestId request) {
    entries.computeIfPresent(
        request, (_, entry) -> new Entry(entry.seen().unfollowed(), entry.at()));
  }

  private void forgetOld(long now) {
    Iterator<Entry> oldest = entries.values().iterator();
    while (oldest.hasNext() && (oldest.next().isOld(now) || entries.size() > MOST)) {
      oldest.remove();
    }
  }

  /** Those of a tenant, the latest first. */
  synchronized List<TenantActivity.Recent> latest(TenantId tenant, int most, long now) {
    return entries.sequencedEntrySet().reversed().stream()
        .filter(entry -> entry.getValue().seen().tenant().equals(tenant))
        .takeWhile(entry -> !entry.getValue().isOld(now))
        .limit(most)
        .map(entry -> recent(entry.getKey(), entry.getValue(), now))
        .toList();
  }

  private static TenantActivity.Recent recent(RequestId request, Entry entry, long now) {
    return new TenantActivity.Recent(request, entry.seen(), Duration.ofNanos(now - entry.at()));
  }

  /** What was told of it, unless that is too long ago. */
  synchronized Optional<RecentRequest> find(RequestId request, long now) {
    return Optional.ofNullable(entries.get(request))
        .filter(entry -> !entry.isOld(now))
        .map(Entry::seen);
  }
}
