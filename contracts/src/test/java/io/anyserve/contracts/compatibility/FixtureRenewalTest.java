package io.anyserve.contracts.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Writes the fixtures anew, for a version that breaks nothing of the one before. */
@EnabledIfSystemProperty(named = "anyserve.fixtures", matches = "renew")
final class FixtureRenewalTest {

  private static final Path FOLDER = Path.of("src/test/resources/fixtures");

  @Test
  void writesDescriptorsAndMessages() throws IOException {
    ProtoSchema current = ProtoSchema.current();
    if (Files.exists(FOLDER.resolve(FixtureBaseline.DESCRIPTORS))) {
      assertEquals(List.of(), BreakingRules.compare(FixtureBaseline.schema(), current));
    }
    Files.createDirectories(FOLDER);
    Files.write(FOLDER.resolve(FixtureBaseline.DESCRIPTORS), current.toSet().toByteArray());
    MessageFixture.write(FOLDER.resolve(FixtureBaseline.RECORDS), FixtureBaseline.records(current));
    MessageFixture.write(
        FOLDER.resolve(FixtureBaseline.MESSAGES), FixtureBaseline.messages(current));
  }
}
