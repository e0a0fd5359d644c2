package io.anyserve.quota;

import io.anyserve.contracts.RequestId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The reservations of a tenant by request, in log order, and when each is due. Not thread-safe. */
final class Reservations {

  /** A ledger line that comes later than that is not counted. */
  static final long FORGOTTEN_AFTER = 86_400_000;

  private final Map<RequestId, Reservation> byRequest = new LinkedHashMap<>();
  private final NavigableSet<Reservation> byDue =
      new TreeSet<>(
          Comparator.comparingLong(Reservation::due).thenComparingLong(Reservation::offset));

  void put(Reservation reservation) {
    @Nullable Reservation replaced = byRequest.put(reservation.subject().request(), reservation);
    if (replaced != null) {
      byDue.remove(replaced);
    }
    byDue.add(reservation);
  }

  @Nullable Reservation get(RequestId request) {
    return byRequest.get(request);
  }

  @Nullable Reservation remove(RequestId request) {
    @Nullable Reservation removed = byRequest.remove(request);
    if (removed != null) {
      byDue.remove(removed);
    }
    return removed;
  }

  /** It holds nothing from now on. */
  void expire(Reservation open, long time) {
    put(open.expiredUntil(time + FORGOTTEN_AFTER));
  }

  /** Lets what is due expire, and forgets what expired long ago. */
  void expire(long time, Consumer<Reservation> lapsing) {
    while (!byDue.isEmpty() && byDue.getFirst().due() <= time) {
      Reservation due = byDue.getFirst();
      if (due.expired()) {
        remove(due.subject().request());
      } else {
        lapsing.accept(due);
        expire(due, due.due());
      }
    }
  }

  Collection<Reservation> all() {
    return byRequest.values();
  }

  /** Those that hold something, the newest first. */
  List<Reservation> newestFirst() {
    List<Reservation> open = new ArrayList<>(byRequest.values());
    open.removeIf(Reservation::expired);
    open.sort(Comparator.comparingLong(Reservation::offset).reversed());
    return open;
  }
}
