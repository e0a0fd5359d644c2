package io.anyserve.ingress.connection;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections on which the head of the first request is not complete in time: a client that
 * sends it byte by byte is never idle. Thread-safe.
 */
public final class FirstRequestDeadline implements Connection.Listener {

  private final Scheduler scheduler;
  private final Duration most;
  private final Map<Connection, Scheduler.Task> waiting = new ConcurrentHashMap<>();

  public FirstRequestDeadline(Scheduler scheduler, Duration most) {
    this.scheduler = scheduler;
    this.most = most;
  }

  @Override
  public void onOpened(Connection connection) {
    if (connection instanceof WebSocketConnection) {
      return; // had its request
    }
    waiting.put(
        connection,
        scheduler.schedule(() -> expire(connection), most.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void expire(Connection connection) {
    waiting.remove(connection);
    if (connection.getMessagesIn() == 0) {
      connection.close();
    }
  }

  @Override
  public void onClosed(Connection connection) {
    Scheduler.@Nullable Task task = waiting.remove(connection);
    if (task != null) {
      boolean _ = task.cancel();
    }
  }
}
