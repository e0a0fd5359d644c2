package io.anyserve.worker.hub;

/** A model cannot be had; the message says which, why, and what to do. */
public final class HubException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public HubException(String message) {
    super(message);
  }

  HubException(String message, Throwable cause) {
    super(message, cause);
  }
}
