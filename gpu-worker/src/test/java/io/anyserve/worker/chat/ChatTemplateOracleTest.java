package io.anyserve.worker.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded rendering of jinja2, byte for byte, failures included. */
final class ChatTemplateOracleTest {

  @ParameterizedTest(name = "{0}")
  @MethodSource("constructs")
  void constructs(String name, String source, Map<String, @Nullable Object> context, String want) {
    assertEquals(want, Recorded.outcome(source, context));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("families")
  void families(String name, String source, Map<String, @Nullable Object> context, String want) {
    assertEquals(want, Recorded.outcome(source, context));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("expressions")
  void expressions(String source, Map<String, @Nullable Object> context, String want) {
    assertEquals(want, Recorded.outcome(source, context));
  }

  static Stream<Arguments> constructs() {
    return folder("constructs");
  }

  static Stream<Arguments> families() {
    return folder("families");
  }

  static Stream<Arguments> expressions() {
    Map<String, @Nullable Object> context = Recorded.json("expressions/context.json");
    return Recorded.json("expressions/expected.json").entrySet().stream()
        .map(recorded -> arguments(recorded.getKey(), context, recorded.getValue()));
  }

  private static Stream<Arguments> folder(String folder) {
    Map<String, @Nullable Object> contexts = Recorded.json(folder + "/contexts.json");
    return Recorded.json(folder + "/expected.json").entrySet().stream()
        .map(
            recorded -> {
              String[] name = recorded.getKey().split("/", 2);
              return arguments(
                  recorded.getKey(),
                  Recorded.text(folder + "/" + name[1]),
                  Objects.requireNonNull(contexts.get(name[0])),
                  recorded.getValue());
            });
  }
}
