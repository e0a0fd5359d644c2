package io.anyserve.contracts.codec;

/** Bytes that are not the record they should be; the message says what was found and expected. */
public final class MalformedRecordException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedRecordException(String message, Throwable cause) {
    super(message, cause);
  }

  public MalformedRecordException(String message) {
    super(message);
  }
}
