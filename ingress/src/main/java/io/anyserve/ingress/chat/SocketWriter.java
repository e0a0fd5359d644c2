package io.anyserve.ingress.chat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/**
 * Writes the frames of one socket on a thread of its own, at the pace of its client, and pings it.
 * A client that says nothing in answer, or takes nothing, for {@link #PATIENCE} is disconnected.
 */
final class SocketWriter implements Runnable {

  static final Duration PING = Duration.ofSeconds(20);
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Session session;
  private final SocketOutbox outbox;
  private final Runnable room;
  private final LongSupplier clock;
  private volatile long lastSign;
  private long nextPing;

  /**
   * @param room called when there is room for what was refused
   * @param clock nanoseconds
   */
  SocketWriter(Session session, SocketOutbox outbox, Runnable room, LongSupplier clock) {
    this.session = session;
    this.outbox = outbox;
    this.room = room;
    this.clock = clock;
    this.lastSign = clock.getAsLong();
    this.nextPing = lastSign + PING.toNanos();
  }

  /** The client is there. */
  void sign() {
    lastSign = clock.getAsLong();
  }

  @Override
  public void run() {
    try {
      while (outbox.isOpen()) {
        write(outbox.take(Duration.ofNanos(Math.max(0, nextPing - clock.getAsLong()))));
        pingWhereDue();
      }
    } catch (ExecutionException | TimeoutException e) {
      session.disconnect();
    } catch (InterruptedException e) {
      session.disconnect();
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<String> frames)
      throws ExecutionException, TimeoutException, InterruptedException {
    if (!frames.isEmpty()) {
      for (String frame : frames.subList(0, frames.size() - 1)) {
        session.sendText(frame, Callback.NOOP);
      }
      var written = new Callback.Completable();
      session.sendText(frames.getLast(), written);
      written.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (outbox.written(frames)) {
        room.run();
      }
    }
  }

  private void pingWhereDue() throws TimeoutException {
    long now = clock.getAsLong();
    if (now - nextPing < 0) {
      return;
    }
    if (now - lastSign > PATIENCE.toNanos()) {
      throw new TimeoutException("no sign of the client");
    }
    nextPing = now + PING.toNanos();
    session.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
  }
}
