package io.anyserve.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import io.anyserve.worker.torch.libtorch.Platform;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionChoice;
import io.anyserve.worker.torch.precision.PrecisionChoice.Candidate;
import io.anyserve.worker.torch.precision.PrecisionChoice.Figures;
import io.anyserve.worker.torch.precision.PrecisionChoice.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineChecksTest {

  private static final Platform LINUX = new Platform("linux", "x86_64", Optional.of("2.36"));

  @Test
  void loadIsJudgedByTheCores() {
    assertInstanceOf(Ok.class, new LoadCheck(3.9, 2).findings().getFirst());
    assertInstanceOf(Note.class, new LoadCheck(4.1, 2).findings().getFirst());
    assertInstanceOf(Ok.class, new LoadCheck(-1, 2).findings().getFirst());
  }

  @Test
  void memoryMustHoldTheProcessAndTheModel() {
    assertInstanceOf(Ok.class, memory(4L << 30, 0));
    assertInstanceOf(Note.class, memory(900L << 20, 0));
    assertInstanceOf(Problem.class, memory(528L << 20, 0));
    assertInstanceOf(Problem.class, memory(4L << 30, 4L << 30));
    assertInstanceOf(
        Note.class,
        new MemoryCheck(new MemorySize(OptionalLong.empty(), false), 0).findings().getFirst());
  }

  private static Advice memory(long usable, long model) {
    return new MemoryCheck(new MemorySize(OptionalLong.of(usable), false), model)
        .findings()
        .getFirst();
  }

  @Test
  void theTightestControlGroupCounts(@TempDir Path root) throws IOException {
    write(root.resolve("proc/meminfo"), "MemTotal: 99 kB\nMemAvailable:    8000 kB\n");
    write(root.resolve("proc/self/cgroup"), "0::/a/b\n");
    assertEquals(new MemorySize(OptionalLong.of(8000 << 10), false), MemorySize.of(root));

    write(root.resolve("sys/fs/cgroup/a/memory.max"), "3000000\n");
    write(root.resolve("sys/fs/cgroup/a/memory.current"), "1000000\n");
    write(root.resolve("sys/fs/cgroup/a/memory.stat"), "anon 1\ninactive_file 500\n");
    write(root.resolve("sys/fs/cgroup/a/b/memory.max"), "max\n");
    write(root.resolve("sys/fs/cgroup/a/b/memory.current"), "1000000\n");
    assertEquals(new MemorySize(OptionalLong.of(2_000_500), true), MemorySize.of(root));
  }

  @Test
  void aMachineWithoutProcSaysNothing(@TempDir Path root) {
    assertEquals(new MemorySize(OptionalLong.empty(), false), MemorySize.of(root));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void anOldJdkIsAProblemAndMissingMavenANote() {
    var findings =
        new JavaCheck(
                new JavaCheck.Jdk(21, "21.0.1+12", "Someone"),
                new JavaCheck.Maven(true, Optional.empty()))
            .findings();

    assertInstanceOf(Problem.class, findings.get(0));
    assertEquals("JDK 21.0.1+12, Someone (expected: 25 or later)", findings.get(0).text());
    assertInstanceOf(Note.class, findings.get(1));
  }

  @Test
  void withoutSourcesMavenIsNotNeeded() {
    var findings =
        new JavaCheck(JavaCheck.Jdk.ofThisProcess(), new JavaCheck.Maven(false, Optional.empty()))
            .findings();

    assertTrue(findings.stream().allMatch(Ok.class::isInstance), findings.toString());
  }

  @Test
  void librariesThatDoNotLoadAreAProblemUnlessEnginesAreSimulated() {
    Map<String, java.util.function.Supplier<String>> libraries =
        Map.of(
            "libtorch",
            () -> {
              throw new IllegalStateException("cannot open");
            });

    var served = new NativesCheck(LINUX, false, libraries).findings();
    assertEquals(
        List.of(
            new Ok("platform linux-x86_64 with glibc 2.36"),
            new Problem("libtorch does not load", "cannot open")),
        served);
    var simulated = new NativesCheck(LINUX, true, libraries).findings();
    assertInstanceOf(Note.class, simulated.get(1));
  }

  @Test
  void unsupportedPlatformsAreProblems() {
    for (Platform platform :
        List.of(
            new Platform("windows", "x86_64", Optional.empty()),
            new Platform("linux", "x86_64", Optional.empty()),
            new Platform("linux", "x86_64", Optional.of("2.17")))) {
      var finding = new NativesCheck(platform, false, Map.of()).findings().getFirst();

      assertInstanceOf(Problem.class, finding);
      assertTrue(finding.text().contains(platform.toString()), finding.text());
    }
  }

  @Test
  void aFullDiskIsAProblemAndANearlyFullOneANote(@TempDir Path folder) {
    assertInstanceOf(Problem.class, disk(folder, 99).get(1));
    assertInstanceOf(Note.class, disk(folder, 100).get(1));
    assertInstanceOf(Ok.class, disk(folder, 200).get(1));
  }

  private static List<Advice> disk(Path folder, long usable) {
    return new DiskCheck("Data", folder.resolve("not/yet"), 100, ignored -> usable).findings();
  }

  @Test
  void aDirectoryNeedNotExistButMustBePossible(@TempDir Path folder) throws IOException {
    assertEquals(
        new Ok(folder.resolve("not/yet") + " can be created"), disk(folder, 200).getFirst());
    Path file = Files.createFile(folder.resolve("file"));

    var finding = new DiskCheck("Data", file, 1, DiskCheck::usable).findings().getFirst();

    assertInstanceOf(Problem.class, finding);
    try (var left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void precisionSaysWhatIsChosenAndWhy() {
    Figures figures = new Figures(0.01, 1000, 2000);
    var findings =
        new PrecisionCheck(
                () ->
                    new PrecisionChoice(
                        Precision.F32_PACKED,
                        List.of(
                            new Candidate(Precision.BF16_PACKED, new Outcome.Refused("no avx512")),
                            new Candidate(Precision.FP16_PACKED, new Outcome.Wrong(0.5, 0.001)),
                            new Candidate(Precision.F32_PACKED, new Outcome.Chosen(figures)),
                            new Candidate(Precision.F32, new Outcome.NotTried()))))
            .findings();

    assertEquals(
        List.of(Ok.class, Note.class, Note.class, Ok.class, Ok.class),
        findings.stream().map(Object::getClass).toList());
    assertTrue(findings.get(0).text().endsWith("f32_packed"), findings.toString());
    assertTrue(findings.get(1).text().contains("no avx512"), findings.toString());
  }

  @Test
  void thePlainPrecisionIsNotedAndNoneIsAProblem() {
    var plain = new PrecisionCheck(() -> new PrecisionChoice(Precision.F32, List.of())).findings();
    var none =
        new PrecisionCheck(
                () -> {
                  throw new IllegalStateException("no libtorch");
                })
            .findings();

    assertInstanceOf(Note.class, plain.getFirst());
    assertInstanceOf(Problem.class, none.getFirst());
  }
}
