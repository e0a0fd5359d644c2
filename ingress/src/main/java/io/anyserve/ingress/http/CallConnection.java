package io.anyserve.ingress.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;

/** The connection of a call while the call is answered. Owned by the call's thread. */
public final class CallConnection implements AutoCloseable {

  private final HttpServletRequest request;
  private final DisconnectWatch watch;

  private CallConnection(HttpServletRequest request, DisconnectWatch watch) {
    this.request = request;
    this.watch = watch;
  }

  /** The outbox hears when the client leaves. */
  public static CallConnection of(Context http, EventOutbox outbox) {
    return of(http, () -> outbox.put(new CallEvent.ClientLeft()));
  }

  /**
   * Of a call whose body has been read.
   *
   * @param left called once at most when the client leaves, on a thread of the server; must not
   *     block
   */
  public static CallConnection of(Context http, Runnable left) {
    HttpServletRequest request = http.req();
    return new CallConnection(request, DisconnectWatch.of(request, left));
  }

  void end(CompletionExchange.End end) {
    switch (end) {
      case COMPLETE -> {}
      case ABORTED -> abort();
    }
  }

  /** What the client has is not complete and must not look so. */
  public void abort() {
    DisconnectWatch.abort(request);
  }

  @Override
  public void close() {
    watch.close();
  }
}
