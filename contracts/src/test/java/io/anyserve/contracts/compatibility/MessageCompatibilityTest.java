package io.anyserve.contracts.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages of this version against those that the fixtures describe. */
final class MessageCompatibilityTest {

  private static final Path SOURCES = Path.of("src/main/protobuf");

  @Test
  void nothingIsBroken() {
    assertEquals(List.of(), BreakingRules.compare(FixtureBaseline.schema(), ProtoSchema.current()));
  }

  @Test
  void theFixturesDescribeEverything() {
    assertEquals(
        List.of(),
        BreakingRules.compare(ProtoSchema.current(), FixtureBaseline.schema()),
        "renew the fixtures, as CONTRIBUTING.md says, so that what was added stays as it is");
  }

  @Test
  void everySourceIsCompared() throws IOException {
    try (Stream<Path> sources = Files.walk(SOURCES)) {
      assertEquals(
          sources
              .filter(Files::isRegularFile)
              .map(file -> SOURCES.relativize(file).toString())
              .collect(Collectors.toSet()),
          ProtoSchema.current().files().keySet());
    }
  }
}
