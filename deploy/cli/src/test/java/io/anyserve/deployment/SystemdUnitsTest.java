package io.anyserve.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.standalone.SettingsReference;
import io.anyserve.standalone.SingleService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The units of systemd. */
final class SystemdUnitsTest {

  private static final Path UNITS = Path.of("..", "systemd");
  private static final Pattern VARIABLE = Pattern.compile("ANYSERVE_[A-Z0-9_]+");
  private static final Pattern SERVICE = Pattern.compile("ExecStart=.* run ([a-z]+) ");

  @Test
  void theyKeepToTheWordsOfSystemdAndShutServicesIn() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "no systemd-analyze");
    Process check =
        new ProcessBuilder(UNITS.resolve("check").toString()).redirectErrorStream(true).start();
    String said = new String(check.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, check.waitFor(), said);
  }

  @Test
  void everyServiceHasAUnit() throws IOException {
    Set<String> run = new TreeSet<>();
    for (Path unit : units()) {
      Matcher service = SERVICE.matcher(Files.readString(unit));
      if (service.find()) {
        run.add(service.group(1));
      }
    }
    Set<String> services =
        Arrays.stream(SingleService.Service.values())
            .map(service -> service.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    assertEquals(new TreeSet<>(services), run);
  }

  @Test
  void everyVariableIsASetting() throws IOException {
    String settings = new SettingsReference().text();
    for (Path unit : units()) {
      Matcher variable = VARIABLE.matcher(Files.readString(unit));
      while (variable.find()) {
        assertTrue(settings.contains(variable.group()), unit + ": " + variable.group());
      }
    }
  }

  @Test
  void stateIsWhereTheUnitMayWrite() throws IOException {
    for (Path unit : units()) {
      String text = Files.readString(unit);
      Matcher used = Pattern.compile("%S/([a-z-]+)").matcher(text);
      while (used.find()) {
        assertTrue(text.contains("StateDirectory=" + used.group(1) + "\n"), unit.toString());
      }
      assertFalse(text.contains("/var/lib"), unit + ": a path that the unit may not write");
    }
  }

  private static Iterable<Path> units() throws IOException {
    try (Stream<Path> files = Files.list(UNITS)) {
      return files.filter(file -> file.toString().endsWith(".service")).sorted().toList();
    }
  }
}
