package io.anyserve.contracts;

/**
 * How the result of a request is written to {@code results}: in the form that its submission had.
 */
public enum ResultFormat {
  /** Somebody reads the stream: there is no result. */
  NONE,
  PROTOBUF,
  /** Plain JSON. */
  JSON
}
