package io.anyserve.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.runtime.Setting;
import io.anyserve.standalone.ServiceConfigs;
import io.anyserve.standalone.SettingsReference;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The settings reference against the page and the tables that a file may have. */
final class SettingsReferenceTest {

  private final SettingsReference reference = new SettingsReference();

  @Test
  void thePageIsTheReference() throws IOException {
    assertEquals(
        reference.markdown(),
        Files.readString(MarkdownPage.ROOT.resolve("docs/settings.md")),
        "docs/settings.md differs: run ./anyserve settings --markdown > docs/settings.md");
  }

  @Test
  void everyTableThatIsReadIsShown() {
    assertEquals(
        new TreeSet<>(reference.settings().keySet()), new TreeSet<>(SettingsReference.tables()));
    Set<String> outer = new TreeSet<>(SettingsReference.tables());
    outer.removeIf(path -> path.contains("."));
    outer.removeAll(Set.of("torch", "simulated"));
    assertEquals(new TreeSet<>(ServiceConfigs.TABLES), outer);
  }

  @Test
  void secretsAreMarked() {
    List<String> secrets =
        reference.settings().values().stream()
            .flatMap(List::stream)
            .filter(setting -> setting.value().contains("secret"))
            .map(Setting::key)
            .sorted()
            .toList();
    assertEquals(List.of("authorization", "resume-key", "secret-key"), secrets);
  }

  @Test
  void theTextNamesTheVariableOfEachKeyThatHasOne() {
    String text = reference.text();
    assertTrue(text.contains("ANYSERVE_INGRESS_MAX_DEADLINE"), text);
    assertTrue(text.contains("ANYSERVE_METERING_EXPORT_TOPIC"), text);
    assertTrue(!text.contains("ANYSERVE_INGRESS_KEY"), text);
    assertTrue(!text.contains("ANYSERVE_TORCH"), text);
  }
}
