package io.anyserve.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of the distribution, with a java that prints its arguments. */
final class DistributionLauncherTest {

  private static final Path LAUNCHER = ComposeFile.FOLDER.resolve("distribution/anyserve");

  @TempDir Path folder = Path.of("");
  private Path home = Path.of("");
  private Path java = Path.of("");

  /** What the launcher did. */
  private record Started(int exit, List<String> arguments) {

    String classpath() {
      return arguments.get(arguments.indexOf("-cp") + 1);
    }
  }

  @BeforeEach
  void install() throws IOException {
    home = folder.toRealPath().resolve("opt/anyserve");
    java = folder.resolve("jdk");
    executable(home.resolve("bin/anyserve"), Files.readString(LAUNCHER));
    executable(java.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    for (String jar : List.of("b.jar", "a.jar", "Z.jar", "anyserve/cli-1.jar")) {
      Path file = home.resolve("lib").resolve(jar);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void runsTheCommandOnItsJarsInOneOrder() throws Exception {
    Started run = launch(Map.of(), "run", "router", "--config", "a b.toml");

    assertEquals(
        List.of("io.anyserve.cli.AnyServe", "run", "router", "--config", "a b.toml"),
        run.arguments().subList(run.arguments().size() - 5, run.arguments().size()));
    String lib = home + "/lib/";
    assertEquals(
        String.join(":", lib + "anyserve/cli-1.jar", lib + "Z.jar", lib + "a.jar", lib + "b.jar"),
        run.classpath());
    assertTrue(run.arguments().contains("-Danyserve.home=" + home), run::toString);
    assertTrue(run.arguments().contains("-Xmx1g"), run::toString);
    assertFalse(run.toString().contains("AOTCache"), run::toString);
  }

  @Test
  void takesHeapAndOptionsFromTheEnvironment() throws Exception {
    Started run =
        launch(
            Map.of("ANYSERVE_HEAP", "320m", "ANYSERVE_JAVA_OPTIONS", "-Dx=y -XX:+UseZGC"), "run");

    assertTrue(
        run.arguments().containsAll(List.of("-Xmx320m", "-Dx=y", "-XX:+UseZGC")), run::toString);
  }

  @Test
  void usesTheCacheThatIsThere() throws Exception {
    Files.writeString(home.resolve("anyserve.aot"), "cache");

    assertTrue(
        launch(Map.of(), "run")
            .arguments()
            .containsAll(List.of("-XX:AOTCache=" + home + "/anyserve.aot", "-Xlog:aot*=off")));
    assertFalse(launch(Map.of(), "health").toString().contains("AOTCache"));
  }

  @Test
  void aSmallFootprintHasASmallHeapAndNoCache() throws Exception {
    Files.writeString(home.resolve("anyserve.aot"), "cache");

    Started small = launch(Map.of("ANYSERVE_FOOTPRINT", "small"), "run", "router");
    assertTrue(small.arguments().containsAll(List.of("-Xmx96m", "-XX:+UseSerialGC")));
    assertFalse(small.toString().contains("AOTCache"), small::toString);

    Started wrong = launch(Map.of("ANYSERVE_FOOTPRINT", "tiny"), "run", "router");
    assertEquals(2, wrong.exit());
    assertTrue(wrong.toString().contains("tiny (expected: small, or nothing)"), wrong::toString);
  }

  @Test
  void asksForHealthWithAProgramOfItsOwn() throws Exception {
    Started health = launch(Map.of(), "health", "router");

    assertEquals(
        List.of("io.anyserve.cli.ReadinessProbe", "router"),
        health.arguments().subList(health.arguments().size() - 2, health.arguments().size()));
    assertEquals(home + "/lib/anyserve/cli-1.jar", health.classpath());
  }

  @Test
  void canBeCalledThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("anyserve"), home.resolve("bin/anyserve"));

    assertTrue(start(link, Map.of(), "help").arguments().contains("-Danyserve.home=" + home));
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Started none = launch(Map.of("JAVA_HOME", folder + "/none"), "run");
    assertEquals(3, none.exit());
    assertTrue(none.toString().contains("no Java runtime found"), none::toString);

    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"21.0.1\"\n");
    Started old = launch(Map.of(), "run");
    assertEquals(3, old.exit());
    assertTrue(old.toString().contains("is Java 21 (expected: 25 or later)"), old::toString);
  }

  private Started launch(Map<String, String> environment, String... arguments) throws Exception {
    return start(home.resolve("bin/anyserve"), environment, arguments);
  }

  private Started start(Path launcher, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> variables = new HashMap<>(environment);
    variables.putIfAbsent("JAVA_HOME", java.toString());
    process.environment().keySet().removeIf(name -> name.startsWith("ANYSERVE_"));
    process.environment().putAll(variables);
    Process started = process.start();
    String out = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Started(started.waitFor(), out.lines().toList());
  }
}
