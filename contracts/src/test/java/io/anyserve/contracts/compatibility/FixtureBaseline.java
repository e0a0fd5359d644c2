package io.anyserve.contracts.compatibility;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.stream.IntStream;

/** The messages of the version that the fixtures are from. */
final class FixtureBaseline {

  static final String DESCRIPTORS = "descriptors.binpb";
  static final String RECORDS = "records.json";
  static final String MESSAGES = "messages.json";

  private static final ProtoSchema SCHEMA = read();

  private FixtureBaseline() {}

  static ProtoSchema schema() {
    return SCHEMA;
  }

  private static ProtoSchema read() {
    try {
      return ProtoSchema.of(FileDescriptorSet.parseFrom(MessageFixture.resource(DESCRIPTORS)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(DESCRIPTORS + ": " + e.getMessage(), e);
    }
  }

  /** Of every message, in every case of its oneofs. */
  static List<MessageFixture> messages(ProtoSchema schema) {
    return schema.messages().values().stream()
        .filter(message -> !message.getOptions().getMapEntry())
        .flatMap(message -> fixtures(message).stream())
        .toList();
  }

  private static List<MessageFixture> fixtures(Descriptor message) {
    List<DynamicMessage> full = FullMessages.of(message);
    return IntStream.range(0, full.size())
        .mapToObj(i -> MessageFixture.of(message.getName() + "/" + i, full.get(i)))
        .toList();
  }

  /** Of every sample, as this version writes it. */
  static List<MessageFixture> records(ProtoSchema schema) {
    return RecordSamples.all().stream()
        .map(
            sample ->
                MessageFixture.of(
                    sample.fixture(), parse(schema.message(sample.message()), sample.encoded())))
        .toList();
  }

  static DynamicMessage parse(Descriptor message, byte[] bytes) {
    try {
      return DynamicMessage.parseFrom(message, bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(message.getName() + ": " + e.getMessage(), e);
    }
  }

  /** The message, and each within, without the fields that its descriptor does not have. */
  static Message known(Message message) {
    Message.Builder known =
        message.toBuilder().setUnknownFields(UnknownFieldSet.getDefaultInstance());
    message
        .getAllFields()
        .forEach((field, value) -> NewerPeer.replace(known, field, value, FixtureBaseline::known));
    return known.build();
  }
}
