package io.anyserve.ingress.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Parses requests of one type, to the message or to {@link Malformed}: an exception here would cost
 * the caller its answer.
 */
final class RequestMarshaller implements MethodDescriptor.Marshaller<Object> {

  /** What came instead of a request. */
  record Malformed(StatusRuntimeException why) {}

  private final Message prototype;

  RequestMarshaller(Message prototype) {
    this.prototype = prototype;
  }

  @Override
  public InputStream stream(Object message) {
    return ((Message) message).toByteString().newInput();
  }

  @Override
  public Object parse(InputStream stream) {
    try {
      return parse(
          stream instanceof KnownLength
              ? stream.readNBytes(stream.available())
              : stream.readAllBytes());
    } catch (StatusRuntimeException e) {
      String limit = String.valueOf(e.getStatus().getDescription());
      return new Malformed(GrpcErrors.overLimit(failure(FailureCode.TOO_LARGE, limit)));
    } catch (IOException e) {
      return malformed(FailureCode.INVALID_REQUEST, "unreadable (" + e.getMessage() + ")");
    }
  }

  private Object parse(byte[] bytes) {
    try {
      Message message = prototype.getParserForType().parseFrom(bytes);
      Optional<String> unknown = UnknownFieldDetector.unknownField(message);
      return unknown.isEmpty()
          ? message
          : malformed(
              FailureCode.INVALID_REQUEST,
              unknown.get() + " is unknown (expected: fields of this version only)");
    } catch (InvalidProtocolBufferException e) {
      return malformed(FailureCode.INVALID_REQUEST, describe(bytes, e));
    }
  }

  private String describe(byte[] bytes, InvalidProtocolBufferException e) {
    return UnknownFieldDetector.invalidUtf8(prototype.getDescriptorForType(), bytes)
        .map(path -> path + ": invalid UTF-8 (expected: valid UTF-8)")
        .orElse(e.getMessage() + " (expected: a protobuf message)");
  }

  private Malformed malformed(FailureCode code, String why) {
    return new Malformed(GrpcErrors.of(failure(code, why)));
  }

  private Failure failure(FailureCode code, String why) {
    return new Failure(code, prototype.getDescriptorForType().getName() + ": " + why);
  }
}
