package io.anyserve.contracts.compatibility;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message of the API and the topics, with all fields, as an earlier version wrote it. */
final class MessageFixturesTest {

  private static final ProtoSchema CURRENT = ProtoSchema.current();

  static Stream<MessageFixture> fixtures() {
    return MessageFixture.read(FixtureBaseline.MESSAGES).stream();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void anOldMessageIsReadWhole(MessageFixture fixture) throws Exception {
    Message read = generated(fixture.message()).getParserForType().parseFrom(fixture.bytes());

    assertTrue(read.getUnknownFields().asMap().isEmpty());
    assertEquals(fixture.json(), MessageFixture.json(read));
    assertArrayEquals(fixture.bytes(), read.toByteArray());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void oldJsonIsTheSameMessage(MessageFixture fixture) throws Exception {
    Message.Builder read = generated(fixture.message()).newBuilderForType();
    JsonFormat.parser().merge(fixture.json().toString(), read);

    assertEquals(
        generated(fixture.message()).getParserForType().parseFrom(fixture.bytes()), read.build());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void anOldReaderFindsInANewMessageWhatItKnows(MessageFixture fixture) {
    int variant = Integer.parseInt(fixture.name().substring(fixture.name().indexOf('/') + 1));
    DynamicMessage newer = FullMessages.of(CURRENT.message(fixture.message())).get(variant);
    var old = FixtureBaseline.schema().message(fixture.message());

    assertEquals(
        FixtureBaseline.parse(old, fixture.bytes()),
        FixtureBaseline.known(FixtureBaseline.parse(old, newer.toByteArray())));
  }

  @Test
  void everyMessageHasFixtures() {
    Set<String> expected =
        FixtureBaseline.messages(CURRENT).stream()
            .map(MessageFixture::name)
            .collect(Collectors.toCollection(TreeSet::new));

    assertEquals(
        expected,
        fixtures().map(MessageFixture::name).collect(Collectors.toCollection(TreeSet::new)));
  }

  private static Message generated(String message) throws ReflectiveOperationException {
    return (Message)
        Class.forName("io.anyserve.v1." + message).getMethod("getDefaultInstance").invoke(null);
  }
}
