package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import io.anyserve.worker.torch.libtorch.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Whether the native libraries of the torch engine exist for this platform and load. */
final class NativesCheck implements Check {

  private final Platform platform;
  private final boolean simulated;
  private final Map<String, Supplier<String>> libraries;

  /**
   * @param simulated whether only simulated engines are to run, which need none of them
   * @param libraries loads each and returns its version, or throws IllegalStateException with the
   *     reason
   */
  NativesCheck(Platform platform, boolean simulated, Map<String, Supplier<String>> libraries) {
    this.platform = platform;
    this.simulated = simulated;
    this.libraries = new LinkedHashMap<>(libraries);
  }

  @Override
  public String name() {
    return "Native libraries";
  }

  @Override
  public List<Advice> findings() {
    List<Advice> findings = new ArrayList<>();
    findings.add(
        platform.classifier().isPresent() && !platform.isOld()
            ? new Ok("platform " + platform)
            : unsupported());
    libraries.forEach((name, load) -> findings.add(loaded(name, load)));
    return findings;
  }

  private Advice unsupported() {
    String text =
        "platform %s (expected: linux-x86_64 or linux-aarch64 with glibc %s or later, or osx-aarch64)"
            .formatted(platform, Platform.OLDEST_GLIBC);
    return lacking(text, "Use --simulated, or run workers elsewhere.");
  }

  private Advice loaded(String name, Supplier<String> load) {
    try {
      return new Ok(name + " " + load.get() + " loads");
    } catch (IllegalStateException e) {
      return lacking(name + " does not load", String.valueOf(e.getMessage()));
    }
  }

  private Advice lacking(String text, String advice) {
    return simulated ? new Note(text, advice) : new Problem(text, advice);
  }
}
