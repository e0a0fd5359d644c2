package io.anyserve.worker.torch.libtorch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlatformTest {

  private static final Optional<String> GLIBC = Optional.of("2.36");

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-x86_64",
    "Linux, aarch64, linux-aarch64",
    "Mac OS X, aarch64, osx-aarch64"
  })
  void supportedPlatformsHaveNatives(String system, String processor, String classifier) {
    assertEquals(Optional.of(classifier), Platform.of(system, processor, GLIBC).classifier());
  }

  @ParameterizedTest
  @CsvSource({"Windows 11, amd64", "Mac OS X, x86_64", "Linux, riscv64", "FreeBSD, amd64"})
  void otherPlatformsAreNamedWithWhatToDo(String system, String processor) {
    Platform platform = Platform.of(system, processor, Optional.empty());

    assertEquals(Optional.empty(), platform.classifier());
    String text = platform.explain(Optional.empty(), "ignored");
    assertTrue(text.startsWith("libtorch: no natives for " + platform), text);
    assertTrue(text.contains("linux-x86_64, linux-aarch64, osx-aarch64"), text);
    assertTrue(text.contains("--simulated"), text);
  }

  @Test
  void muslIsNotSupported() {
    Platform alpine = Platform.of("Linux", "amd64", Optional.empty());

    assertEquals(Optional.empty(), alpine.classifier());
    assertTrue(
        alpine
            .explain(Optional.of("linux-x86_64"), "")
            .contains("linux-x86_64 without glibc (musl?)"));
  }

  @Test
  void nativesOfAnotherPlatformAreNamedWithTheProfile() {
    Platform arm = Platform.of("Linux", "aarch64", GLIBC);

    assertEquals(
        "libtorch: the class path has natives for linux-x86_64 (expected: linux-aarch64)."
            + " Build with mvn -P linux-aarch64, or use --simulated",
        arm.explain(Optional.of("linux-x86_64"), "cannot open"));
    assertTrue(arm.explain(Optional.empty(), "").contains("natives for no platform"));
  }

  @Test
  void anOldLinuxIsToldItsVersion() {
    Platform old = Platform.of("Linux", "amd64", Optional.of("2.28"));

    assertTrue(old.isOld());
    assertFalse(Platform.of("Linux", "amd64", Optional.of("2.34")).isOld());
    assertFalse(Platform.of("Linux", "amd64", Optional.of("3.0")).isOld());
    String text = old.explain(Optional.of("linux-x86_64"), "version `GLIBC_2.29' not found");
    assertTrue(text.contains("GLIBC_2.29"), text);
    assertTrue(text.contains("this machine: glibc 2.28, expected: 2.34 or later"), text);
  }

  @Test
  void anythingElseSaysWhatLoadingSaid() {
    assertEquals(
        "libtorch: disk full (expected: natives for linux-x86_64 with glibc 2.36 that load)",
        Platform.of("Linux", "amd64", GLIBC).explain(Optional.of("linux-x86_64"), "disk full"));
  }

  @Test
  void thisMachineIsAskedForItsOwnLibrary() {
    Platform here = Platform.ofThisMachine();

    assertEquals(System.getProperty("os.name").equals("Linux"), here.system().equals("linux"));
    here.glibc().ifPresent(version -> assertTrue(version.matches("\\d+\\.\\d+.*"), version));
  }
}
