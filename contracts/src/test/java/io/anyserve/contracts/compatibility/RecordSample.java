package io.anyserve.contracts.compatibility;

import java.util.function.Function;

/**
 * A domain record and how it travels.
 *
 * @param message the protobuf message in the record's value
 * @param name among the samples of that message
 * @param decode of the value; throws MalformedRecordException
 */
record RecordSample<T>(
    String message, String name, T value, Function<T, byte[]> encode, Function<byte[], T> decode) {

  byte[] encoded() {
    return encode.apply(value);
  }

  T decoded(byte[] bytes) {
    return decode.apply(bytes);
  }

  /** Its fixture's name. */
  String fixture() {
    return message + "/" + name;
  }

  @Override
  public String toString() {
    return fixture();
  }
}
