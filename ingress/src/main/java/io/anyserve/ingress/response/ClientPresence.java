package io.anyserve.ingress.response;

/**
 * Whether the client of a reader is there, and until when one that left is waited for. Changed
 * under the reader's lock, but for {@link #takenOver} and {@link #noLongerAwaited}; thread-safe.
 */
final class ClientPresence {

  private volatile boolean here = true;
  private volatile boolean elsewhere;
  private volatile boolean awaited;
  private volatile long until;

  boolean here() {
    return here;
  }

  /** Another ingress feeds a client of the same stream and decides what becomes of it. */
  boolean elsewhere() {
    return elsewhere;
  }

  void leave() {
    here = false;
  }

  /** Its client may come back until then. */
  void await(long nanos) {
    until = nanos;
    awaited = true;
  }

  void noLongerAwaited() {
    awaited = false;
  }

  void takenOver() {
    elsewhere = true;
    awaited = false;
  }

  boolean isOver(long now) {
    return awaited && now - until >= 0;
  }

  /** Its client left and nobody waits for it. */
  boolean isForgotten() {
    return !here && !awaited;
  }
}
