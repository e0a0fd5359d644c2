package io.anyserve.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code deploy/check} says of a machine that it cannot use, with a docker that answers. */
final class CheckScriptTest {

  private static final Path CHECK = ComposeFile.FOLDER.resolve("check").toAbsolutePath();

  @TempDir Path folder = Path.of("");

  private record Outcome(int exit, String text) {}

  @Test
  void skipsWithoutDocker() throws Exception {
    String none = folder.resolve("none").toString();

    Outcome skipped = check(none, Map.of());
    assertEquals(0, skipped.exit(), skipped::text);
    assertTrue(skipped.text().contains("skipped: no Docker client"), skipped::text);

    Outcome required = check(none, Map.of(), "--required");
    assertEquals(1, required.exit(), required::text);
    assertTrue(required.text().contains("no Docker client"), required::text);
  }

  @Test
  void skipsWithoutAnEngine() throws Exception {
    Outcome skipped = check(docker("echo 'ERROR: cannot connect' >&2; exit 1"), Map.of());

    assertEquals(0, skipped.exit(), skipped::text);
    assertTrue(
        skipped.text().contains("skipped: no Docker engine answers (ERROR: cannot connect)"),
        skipped::text);
  }

  @Test
  void refusesAnOldCompose() throws Exception {
    String old = docker("[ \"$1\" = compose ] && echo v2.6.1; true");

    Outcome refused = check(old, Map.of());
    assertEquals(1, refused.exit(), refused::text);
    assertTrue(
        refused.text().contains("docker compose: 2.6.1 (expected: 2.20 or later)"), refused::text);

    Outcome missing = check(docker("[ \"$1\" != compose ]"), Map.of());
    assertEquals(1, missing.exit(), missing::text);
    assertTrue(missing.text().contains("docker compose: not there"), missing::text);
  }

  @Test
  void namesAPortThatIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      String docker = docker("[ \"$*\" = 'compose version --short' ] && echo 2.26.1; true");

      Outcome refused = check(docker, Map.of("ANYSERVE_GRPC_PORT", port));
      assertEquals(1, refused.exit(), refused::text);
      assertTrue(
          refused.text().contains("port " + port + " is in use")
              && refused.text().contains("ANYSERVE_GRPC_PORT"),
          refused::text);
    }
  }

  @Test
  void refusesUnknownArguments() throws Exception {
    Outcome refused = check("docker", Map.of(), "everything");

    assertEquals(1, refused.exit(), refused::text);
    assertTrue(refused.text().contains("everything (expected: "), refused::text);
  }

  /** A docker that runs these lines of shell. */
  private String docker(String lines) throws IOException {
    Path file = Files.writeString(folder.resolve("docker"), "#!/bin/bash\n" + lines + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  private static Outcome check(String docker, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(CHECK.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("DOCKER", docker);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), text);
  }
}
