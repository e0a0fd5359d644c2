package io.anyserve.contracts.quota;

import io.anyserve.contracts.RequestId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The reservations of a tenant by request, in log order, and when each is due. Not thread-safe. */
final class Reservations {

  /** A ledger line that comes later than that is not counted. */
  static final long FORGOTTEN_AFTER = 86_400_000;

  private final Map<RequestId, Reservation> byRequest = new LinkedHashMap<>();
  private final Queue<Reservation> byDue =
      new PriorityQueue<>(Comparator.comparingLong(Reservation::due));

  void put(Reservation reservation) {
    byRequest.put(reservation.holder().request(), reservation);
    byDue.add(reservation);
  }

  @Nullable Reservation get(RequestId request) {
    return byRequest.get(request);
  }

  @Nullable Reservation remove(RequestId request) {
    return byRequest.remove(request);
  }

  /** It holds nothing from now on. */
  void lapse(Reservation open, long time) {
    put(open.lapsedUntil(time + FORGOTTEN_AFTER));
  }

  /** Lets what is due lapse, and forgets what lapsed long ago. */
  void expire(long time, Consumer<Reservation> lapsing) {
    for (Reservation next = byDue.peek(); next != null && next.due() <= time; next = byDue.peek()) {
      byDue.remove();
      expire(next, lapsing);
    }
  }

  private void expire(Reservation due, Consumer<Reservation> lapsing) {
    RequestId request = due.holder().request();
    if (!due.equals(byRequest.get(request))) {
      return;
    }
    if (due.lapsed()) {
      byRequest.remove(request);
    } else {
      lapsing.accept(due);
      lapse(due, due.due());
    }
  }

  Collection<Reservation> all() {
    return byRequest.values();
  }

  /** Those that hold something, the newest first. */
  List<Reservation> newestFirst() {
    List<Reservation> open = new ArrayList<>(byRequest.values());
    open.removeIf(Reservation::lapsed);
    open.sort(Comparator.comparingLong(Reservation::offset).reversed());
    return open;
  }
}
