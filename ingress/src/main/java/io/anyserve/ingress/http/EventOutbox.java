package io.anyserve.ingress.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way from the threads that read the log to the thread of a call. What is taken
 * counts until it is written, so that {@link #hasRoom} tells the state of the socket: nobody puts
 * pieces while there is no room. Thread-safe.
 */
public final class EventOutbox {

  /** Bytes above which nothing is added; the transport of gRPC has the same. */
  private static final long MOST_BYTES = 32 << 10;

  private final LinkedBlockingQueue<CallEvent> events = new LinkedBlockingQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean refused = new AtomicBoolean();

  public void put(CallEvent event) {
    bytes.addAndGet(event.size());
    events.add(event);
  }

  /** Whoever hears no is due when {@link #written} says so. */
  public boolean hasRoom() {
    if (bytes.get() < MOST_BYTES) {
      return true;
    }
    refused.set(true);
    return bytes.get() < MOST_BYTES;
  }

  /** All that is there, in order; empty when nothing comes in that time. */
  public List<CallEvent> take(Duration patience) throws InterruptedException {
    @Nullable CallEvent first = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (first == null) {
      return List.of();
    }
    List<CallEvent> taken = new ArrayList<>();
    taken.add(first);
    events.drainTo(taken);
    return taken;
  }

  /** True where somebody was told meanwhile that there is no room. */
  public boolean written(List<CallEvent> taken) {
    taken.forEach(event -> bytes.addAndGet(-event.size()));
    return refused.getAndSet(false);
  }
}
