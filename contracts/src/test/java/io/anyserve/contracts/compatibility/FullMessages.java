package io.anyserve.contracts.compatibility;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Messages in which every field is set, each to a value of its own; the same at every call. */
final class FullMessages {

  private static final int REPEATED = 2;

  private FullMessages() {}

  /** One for each case of the message's oneofs. */
  static List<DynamicMessage> of(Descriptor message) {
    int variants =
        message.getRealOneofs().stream().mapToInt(OneofDescriptor::getFieldCount).max().orElse(1);
    return IntStream.range(0, variants).mapToObj(variant -> full(message, variant)).toList();
  }

  private static DynamicMessage full(Descriptor message, int variant) {
    var full = DynamicMessage.newBuilder(message);
    for (FieldDescriptor field : message.getFields()) {
      OneofDescriptor oneof = field.getRealContainingOneof();
      if (oneof != null && oneof.getField(variant % oneof.getFieldCount()) != field) {
        continue;
      }
      if (field.isMapField()) {
        full.addRepeatedField(field, value(field, 0));
      } else if (field.isRepeated()) {
        IntStream.range(0, REPEATED).forEach(i -> full.addRepeatedField(field, value(field, i)));
      } else {
        full.setField(field, value(field, 0));
      }
    }
    return full.build();
  }

  private static Object value(FieldDescriptor field, int index) {
    int number = field.getNumber() * 10 + index;
    return switch (field.getJavaType()) {
      case INT -> number;
      case LONG -> 1_700_000_000_000L + number;
      case FLOAT -> number + 0.5f;
      case DOUBLE -> number + 0.25;
      case BOOLEAN -> true;
      case STRING -> field.getName() + "-" + index;
      case BYTE_STRING -> ByteString.copyFromUtf8(field.getName() + "-" + index);
      case ENUM ->
          Objects.requireNonNull(field.getEnumType().getValues().getLast(), "no enum is empty");
      case MESSAGE -> full(field.getMessageType(), 0);
    };
  }
}
