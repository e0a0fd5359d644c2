package io.anyserve.ingress.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Finds what is wrong with a message that must be taken literally or not at all. */
final class UnknownFieldDetector {

  private static final int DEEPEST = 32;

  private UnknownFieldDetector() {}

  /** Path and number of a field that this version does not know, anywhere in the message. */
  static Optional<String> unknownField(Message message) {
    var unknown = message.getUnknownFields();
    if (!unknown.isEmpty()) {
      return Optional.of("field number " + unknown.asMap().keySet().iterator().next());
    }
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField()) {
        Optional<String> inside = unknownField(message, field);
        if (inside.isPresent()) {
          return inside.map(path -> field.getName() + "." + path);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> unknownField(Message message, FieldDescriptor field) {
    if (field.isRepeated()) {
      return ((List<?>) message.getField(field))
          .stream().flatMap(element -> unknownField((Message) element).stream()).findFirst();
    }
    return message.hasField(field)
        ? unknownField((Message) message.getField(field))
        : Optional.empty();
  }

  /** The path of the first string that is not UTF-8; empty when there is none. */
  static Optional<String> invalidUtf8(Descriptor type, byte[] bytes) {
    try {
      return invalidUtf8(type, CodedInputStream.newInstance(bytes), "", DEEPEST);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> invalidUtf8(
      Descriptor type, CodedInputStream in, String path, int depth) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      boolean delimited =
          WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED && field != null;
      if (!delimited) {
        in.skipField(tag);
        continue;
      }
      Optional<String> found = invalidUtf8(field, in.readBytes(), path + field.getName(), depth);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> invalidUtf8(
      FieldDescriptor field, ByteString value, String path, int depth) throws IOException {
    return switch (field.getJavaType()) {
      case STRING -> value.isValidUtf8() ? Optional.empty() : Optional.of(path);
      case MESSAGE ->
          depth == 0
              ? Optional.empty()
              : invalidUtf8(field.getMessageType(), value.newCodedInput(), path + ".", depth - 1);
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, BYTE_STRING, ENUM -> Optional.empty();
    };
  }
}
