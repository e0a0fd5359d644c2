package io.anyserve.contracts.codec;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

/** Fields that a newer version wrote and this one does not know. */
final class UnknownFields {

  private UnknownFields() {}

  /** Puts those of the message, and of the messages that it holds, into its copy. */
  static void carry(Message from, Message.Builder to) {
    to.mergeUnknownFields(from.getUnknownFields());
    from.getAllFields()
        .forEach(
            (field, value) -> {
              if (isMessage(field) && to.hasField(field)) {
                carry((Message) value, to.getFieldBuilder(field));
              }
            });
  }

  private static boolean isMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated();
  }
}
