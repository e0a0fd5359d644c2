package io.anyserve.ingress.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Notices that the client of a call closes its connection while the call is answered, which the
 * server itself does not: it reads on behind the request. The body must have been read. A client
 * that sends its next request meanwhile is watched no longer; the byte that was read of it is given
 * back.
 */
final class DisconnectWatch implements AutoCloseable {

  private final EndPoint endPoint;
  private final Runnable left;
  private boolean closed;

  /** Ends the watch of every call, and so has no stack trace. */
  private static final class ClosedWatchException extends Exception {

    private static final long serialVersionUID = 1L;

    ClosedWatchException() {
      super("watched no longer", null, false, false);
    }
  }

  private DisconnectWatch(EndPoint endPoint, Runnable left) {
    this.endPoint = endPoint;
    this.left = left;
  }

  /**
   * From now on only a write can take too long: an answer may need longer than the connection may
   * be idle.
   *
   * @param left called once at most, on a thread of the server; must not block
   */
  static DisconnectWatch of(HttpServletRequest request, Runnable left) {
    ServletContextRequest.getServletContextRequest(request).addIdleTimeoutListener(_ -> false);
    var watch = new DisconnectWatch(endPoint(request), left);
    watch.await();
    return watch;
  }

  /** Ends the connection of a call at once: an answer that is not complete does not look so. */
  static void abort(HttpServletRequest request) {
    endPoint(request).close();
  }

  private static EndPoint endPoint(HttpServletRequest request) {
    return ServletContextRequest.getServletContextRequest(request)
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint();
  }

  private void await() {
    boolean _ = endPoint.tryFillInterested(Callback.from(this::readable, this::failed));
  }

  private synchronized void readable() {
    if (closed) {
      return;
    }
    ByteBuffer next = BufferUtil.allocate(1);
    int filled = fill(next);
    if (filled < 0) {
      closed = true;
      left.run();
    } else if (filled == 0) {
      await();
    } else if (endPoint.getConnection() instanceof Connection.UpgradeTo connection) {
      closed = true;
      connection.onUpgradeTo(next);
    }
  }

  private int fill(ByteBuffer target) {
    try {
      return endPoint.fill(target);
    } catch (IOException e) {
      return -1;
    }
  }

  private synchronized void failed(Throwable ignored) {
    if (!closed) {
      closed = true;
      left.run();
    }
  }

  /** The server may read the connection again. */
  @Override
  public synchronized void close() {
    closed = true;
    if (endPoint instanceof AbstractEndPoint watched) {
      boolean _ = watched.getFillInterest().onFail(new ClosedWatchException());
    }
  }
}
