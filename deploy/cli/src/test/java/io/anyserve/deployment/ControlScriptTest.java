package io.anyserve.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script {@code deploy/anyservectl}. */
final class ControlScriptTest {

  private static final Path SCRIPT = Path.of("..", "anyservectl").toAbsolutePath().normalize();

  @TempDir Path folder;

  private record Run(int code, String out) {}

  @BeforeEach
  void makeDistribution() throws IOException {
    Path launcher = folder.resolve("distribution/bin/anyserve");
    Files.createDirectories(launcher.getParent());
    Files.writeString(launcher, "#!/bin/sh\n");
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "docker core start | --profile core up -d --wait",
        "docker ha stop | --profile ha stop",
        "docker ingress restart | restart ingress",
        "docker core uninstall | --profile core down",
        "systemd worker@chat start | systemctl start anyserve-worker@chat.service",
        "systemd all enable | systemctl enable anyserve.target anyserve-router.service",
        "systemd ingress logs | --unit anyserve-ingress.service",
        "k8s all install | helm upgrade --install anyserve",
        "k8s worker logs | app.kubernetes.io/component=worker",
        "k8s all stop | scale statefulset\\,deployment -l app.kubernetes.io/instance=anyserve --replicas 0"
      })
  void aDryRunPrintsWhatWouldBeRun(String arguments, String command) throws Exception {
    Run run = run(Map.of(), ("--dry-run " + arguments).split(" "));
    assertEquals(0, run.code(), run.out());
    assertTrue(run.out().contains(command), run.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "docker nope start | target: nope (expected: a profile: all, core, gpu, ha",
        "docker core dance | action: dance (expected: install, start",
        "systemd worker@../x start | target: worker@../x (expected: worker@ and letters",
        "systemd broker start | target: broker (expected: ingress, router, metering, worker@NAME",
        "k8s ingress install | target: ingress (expected: all",
        "lxc all start | platform: lxc (expected: docker, systemd or k8s)",
        "docker core | 2 arguments (expected: platform, target and action",
        "--fast docker core start | --fast (expected: --dry-run, --purge or --help)"
      })
  void wrongArgumentsAreNamed(String arguments, String message) throws Exception {
    Run run = run(Map.of(), arguments.split(" "));
    assertEquals(2, run.code(), run.out());
    assertTrue(run.out().contains(message), run.out());
  }

  @Test
  void whatIsMissingIsNamed() throws Exception {
    Run docker = run(Map.of("DOCKER", "no-such-docker"), "docker", "core", "start");
    assertEquals(3, docker.code(), docker.out());
    assertTrue(docker.out().contains("no-such-docker is missing"), docker.out());

    Path empty = Files.createDirectory(folder.resolve("empty"));
    Run distribution = systemd(Map.of("DISTRIBUTION", empty.toString()), "all", "install");
    assertEquals(3, distribution.code(), distribution.out());
    assertTrue(distribution.out().contains("no distribution in " + empty), distribution.out());
  }

  @Test
  void anInstallationOnSystemdIsWholeAndMayBeRepeated() throws Exception {
    assertEquals(0, systemd(Map.of(), "all", "install").code());
    assertTrue(Files.isExecutable(folder.resolve("root/opt/anyserve/bin/anyserve")));
    Path settings = folder.resolve("root/etc/anyserve/anyserve.toml");
    Files.writeString(settings, "# mine\n");
    Map<String, Object> before = modified();

    assertEquals(0, systemd(Map.of(), "all", "install").code());

    assertEquals(before, modified());
    assertEquals("# mine\n", Files.readString(settings));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve("root/etc/anyserve/anyserve.env"))));
    assertTrue(Files.exists(folder.resolve("root/etc/anyserve/worker-story.toml")));
  }

  @Test
  void anInstallationThatFailsLeavesNothingBehind() throws Exception {
    Files.createDirectories(folder.resolve("root/etc/systemd"));
    Files.writeString(folder.resolve("root/etc/systemd/system"), "in the way");

    Run run = systemd(Map.of(), "all", "install");

    assertTrue(run.code() != 0, run.out());
    assertTrue(run.out().contains("undone: "), run.out());
    assertFalse(Files.exists(folder.resolve("root/opt/anyserve")));
  }

  @Test
  void uninstallKeepsSettingsUnlessToldOtherwise() throws Exception {
    assertEquals(0, systemd(Map.of(), "all", "install").code());
    assertEquals(0, systemd(Map.of(), "all", "uninstall").code());
    assertFalse(Files.exists(folder.resolve("root/opt/anyserve")));
    assertFalse(Files.exists(folder.resolve("root/etc/systemd/system/anyserve-ingress.service")));
    assertTrue(Files.exists(folder.resolve("root/etc/anyserve/anyserve.toml")));

    assertEquals(0, systemd(Map.of(), "--purge", "all", "uninstall").code());
    assertFalse(Files.exists(folder.resolve("root/etc/anyserve")));
  }

  private Map<String, Object> modified() throws IOException {
    Map<String, Object> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve("root"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        times.put(file.toString(), Files.getLastModifiedTime(file));
      }
    }
    return times;
  }

  private Run systemd(Map<String, String> environment, String... arguments) throws Exception {
    Map<String, String> all =
        new TreeMap<>(
            Map.of(
                "ROOT",
                folder.resolve("root").toString(),
                "DISTRIBUTION",
                folder.resolve("distribution").toString()));
    all.putAll(environment);
    List<String> words = new ArrayList<>(List.of("systemd"));
    words.addAll(List.of(arguments));
    return run(all, words.toArray(String[]::new));
  }

  private static Run run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Run(process.waitFor(), out);
  }
}
