package io.anyserve.worker.engine;

/**
 * The engine's memory does not hold the sequence beside those that run. Nothing is occupied; it may
 * be tried again when another one has left.
 */
public final class NoRoomException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** It is expected, and tells nothing of where. */
  public NoRoomException() {
    super("memory of the engine: full (expected: a sequence that leaves)", null, false, false);
  }
}
