package io.anyserve.contracts.codec;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Payload;

/** Payloads that have to be data of one content type. */
final class TypedData {

  private TypedData() {}

  /** Throws IllegalArgumentException where the payload is something else. */
  static ByteString require(String name, Payload payload, String contentType) {
    if (payload instanceof Payload.Bytes(var bytes, String type) && type.equals(contentType)) {
      return bytes;
    }
    throw new IllegalArgumentException(
        name + ": " + kind(payload) + " (expected: data of the type " + contentType + ")");
  }

  private static String kind(Payload payload) {
    return switch (payload) {
      case Payload.Text _ -> "text";
      case Payload.Chat _ -> "a conversation";
      case Payload.Bytes(var _, String type) -> "data of the type " + type;
      case Payload.ObjectReference _ -> "a reference";
    };
  }
}
