package io.anyserve.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded rendering of jinja2, byte for byte, failures included. */
final class ChatTemplateOracleTest {

  @ParameterizedTest(name = "{0}")
  @MethodSource("constructs")
  void constructs(Recorded.Case recorded) {
    check(recorded);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("families")
  void families(Recorded.Case recorded) {
    check(recorded);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("expressions")
  void expressions(Recorded.Case recorded) {
    check(recorded);
  }

  static List<Recorded.Case> constructs() {
    return Recorded.folder("constructs");
  }

  static List<Recorded.Case> families() {
    return Recorded.folder("families");
  }

  static List<Recorded.Case> expressions() {
    return Recorded.expressions();
  }

  private static void check(Recorded.Case recorded) {
    assertEquals(
        recorded.expected(),
        Recorded.outcome(recorded.source(), recorded.context()),
        recorded.source());
  }
}
