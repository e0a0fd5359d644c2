package io.anyserve.contracts.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.time.DateTimeException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Parsing in which every fault is a {@link MalformedRecordException}. */
final class ProtobufParser {

  private ProtobufParser() {}

  static <M, T> T read(
      String kind, byte @Nullable [] bytes, Parser<M> parser, Function<M, T> convert) {
    if (bytes == null || bytes.length == 0) {
      throw new MalformedRecordException(kind + ": empty (expected: a protobuf record)");
    }
    try {
      return convert.apply(parser.parseFrom(bytes));
    } catch (InvalidProtocolBufferException
        | IllegalArgumentException
        | ArithmeticException
        | DateTimeException e) {
      throw new MalformedRecordException(kind + ": " + e.getMessage(), e);
    }
  }

  static IllegalArgumentException unset(String field) {
    return new IllegalArgumentException(field + ": not set (expected: one of its kinds)");
  }
}
