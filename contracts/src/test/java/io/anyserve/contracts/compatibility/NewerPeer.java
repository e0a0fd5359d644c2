package io.anyserve.contracts.compatibility;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** What a message would look like if a newer version had written it. */
final class NewerPeer {

  static final int NUMBER = 9_999;
  private static final int VALUE = 99;

  private static final UnknownFieldSet ADDED =
      UnknownFieldSet.newBuilder()
          .addField(NUMBER, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
          .addField(
              NUMBER + 1,
              UnknownFieldSet.Field.newBuilder()
                  .addLengthDelimited(ByteString.copyFromUtf8("new"))
                  .build())
          .build();

  private NewerPeer() {}

  /** With new fields in the message and in each message within. */
  static Message withFields(Message message) {
    Message.Builder changed = message.toBuilder().setUnknownFields(ADDED);
    message
        .getAllFields()
        .forEach((field, value) -> replace(changed, field, value, NewerPeer::withFields));
    return changed.build();
  }

  /** Changes the messages in that field, but for maps. */
  static void replace(
      Message.Builder in, FieldDescriptor field, Object value, UnaryOperator<Message> change) {
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE || field.isMapField()) {
      return;
    }
    if (field.isRepeated()) {
      IntStream.range(0, ((List<?>) value).size())
          .forEach(
              i -> in.setRepeatedField(field, i, change.apply((Message) ((List<?>) value).get(i))));
    } else {
      in.setField(field, change.apply((Message) value));
    }
  }

  /** The message with a new value of an enumeration or a new case of a oneof, one at a time. */
  static List<Message> variants(Message message) {
    List<Message> variants = new ArrayList<>();
    for (OneofDescriptor oneof : message.getDescriptorForType().getRealOneofs()) {
      if (message.hasOneof(oneof)) {
        variants.add(message.toBuilder().clearOneof(oneof).setUnknownFields(ADDED).build());
      }
    }
    for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
      variants(message, set.getKey(), set.getValue(), variants);
    }
    return variants;
  }

  private static void variants(
      Message message, FieldDescriptor field, Object value, List<Message> variants) {
    if (field.isMapField()) {
      return;
    }
    if (field.getJavaType() == FieldDescriptor.JavaType.ENUM) {
      EnumValueDescriptor added = field.getEnumType().findValueByNumberCreatingIfUnknown(VALUE);
      variants.add(
          field.isRepeated()
              ? message.toBuilder().addRepeatedField(field, added).build()
              : message.toBuilder().setField(field, added).build());
    } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      for (int i = 0; i < (field.isRepeated() ? ((List<?>) value).size() : 1); i++) {
        int index = i;
        Message inner = (Message) (field.isRepeated() ? ((List<?>) value).get(index) : value);
        variants(inner)
            .forEach(
                changed ->
                    variants.add(
                        field.isRepeated()
                            ? message.toBuilder().setRepeatedField(field, index, changed).build()
                            : message.toBuilder().setField(field, changed).build()));
      }
    }
  }
}
