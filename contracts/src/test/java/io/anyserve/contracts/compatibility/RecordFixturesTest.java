package io.anyserve.contracts.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.contracts.topic.TopicSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records that an earlier version wrote, and records that a later one may write. */
final class RecordFixturesTest {

  /** Their codecs and samples are in {@code metering-streams/quota}. */
  private static final Set<String> OF_QUOTAS = Set.of("QuotaEvent", "QuotaSnapshot");

  /** Not a message, and any message. */
  private static final String AS_IT_WAS = "as it was";

  private static final Map<String, MessageFixture> FIXTURES =
      MessageFixture.read(FixtureBaseline.RECORDS).stream()
          .collect(Collectors.toMap(MessageFixture::name, Function.identity()));

  static Stream<RecordSample<?>> samples() {
    return RecordSamples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void anOldRecordIsReadAsItWasMeant(RecordSample<?> sample) {
    assertEquals(sample.value(), sample.decoded(bytes(sample)));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void anOldReaderFindsInANewRecordWhatItKnows(RecordSample<?> sample) {
    Descriptor old = FixtureBaseline.schema().message(sample.message());

    assertEquals(
        FixtureBaseline.parse(old, bytes(sample)),
        FixtureBaseline.known(FixtureBaseline.parse(old, sample.encoded())));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theJsonOfAFixtureIsThatOfItsBytes(RecordSample<?> sample) {
    assertEquals(fixture(sample).json(), MessageFixture.json(current(sample, bytes(sample))));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void fieldsOfANewerVersionAreIgnored(RecordSample<?> sample) {
    byte[] newer = NewerPeer.withFields(current(sample, sample.encoded())).toByteArray();

    assertTrue(newer.length > sample.encoded().length);
    assertEquals(sample.value(), sample.decoded(newer));
  }

  /** Readers skip a malformed record or write it to the dead letters; nothing else is thrown. */
  @ParameterizedTest
  @MethodSource("samples")
  void valuesAndCasesOfANewerVersionAreReadOrMalformed(RecordSample<?> sample) {
    for (Message newer : NewerPeer.variants(current(sample, sample.encoded()))) {
      try {
        sample.decoded(newer.toByteArray());
      } catch (MalformedRecordException expected) {
        assertFalse(String.valueOf(expected.getMessage()).isBlank());
      }
    }
  }

  @Test
  void everyRecordOfTheCatalogueHasAFixture() {
    var catalogue =
        new TopicCatalogue(TopicNames.withDefaultPrefix(), new TopicPartitioning(1, 1, 1));
    Set<String> values =
        Stream.concat(catalogue.fixed().stream(), catalogue.of(new Capability("story")).stream())
            .map(TopicSpec::value)
            .filter(value -> !value.equals(AS_IT_WAS) && !OF_QUOTAS.contains(value))
            .collect(Collectors.toCollection(TreeSet::new));
    values.add("ChunkBatch");

    assertEquals(
        values,
        FIXTURES.values().stream()
            .map(MessageFixture::message)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void everyFieldIsSetInAFixture() {
    Set<String> expected = new TreeSet<>();
    Set<String> set = new TreeSet<>();
    for (MessageFixture fixture : FIXTURES.values()) {
      Descriptor message = ProtoSchema.current().message(fixture.message());
      fields(message, expected);
      fields(FixtureBaseline.parse(message, fixture.bytes()), set);
    }
    expected.removeAll(set);

    assertEquals(Set.of(), expected);
  }

  private static void fields(Descriptor message, Set<String> names) {
    for (FieldDescriptor field : message.getFields()) {
      if (names.add(field.getFullName())
          && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        fields(field.getMessageType(), names);
      }
    }
  }

  private static void fields(Message message, Set<String> names) {
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              names.add(field.getFullName());
              if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                (field.isRepeated() ? (List<?>) value : List.of(value))
                    .forEach(inner -> fields((Message) inner, names));
              }
            });
  }

  private static Message current(RecordSample<?> sample, byte[] bytes) {
    return FixtureBaseline.parse(ProtoSchema.current().message(sample.message()), bytes);
  }

  private static byte[] bytes(RecordSample<?> sample) {
    return fixture(sample).bytes();
  }

  private static MessageFixture fixture(RecordSample<?> sample) {
    MessageFixture fixture = FIXTURES.get(sample.fixture());
    if (fixture == null) {
      throw new AssertionError(sample + ": no fixture (expected: one; see CONTRIBUTING.md)");
    }
    return fixture;
  }
}
