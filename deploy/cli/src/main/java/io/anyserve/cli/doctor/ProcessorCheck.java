package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which instructions for matrix products the processor has. */
final class ProcessorCheck implements Check {

  /** The names under which Linux, or else macOS, lists a feature. */
  private static final Map<String, List<String>> FEATURES = new LinkedHashMap<>();

  static {
    FEATURES.put("FMA", List.of("fma", "asimd", "advsimd"));
    FEATURES.put("AVX2", List.of("avx2"));
    FEATURES.put("AVX-512", List.of("avx512bw"));
    FEATURES.put("VNNI", List.of("avx512_vnni", "avx_vnni"));
    FEATURES.put("bf16", List.of("avx512_bf16", "amx_bf16", "bf16"));
    FEATURES.put("dot product", List.of("asimddp", "dotprod"));
  }

  private final ProcessorInfo processor;
  private final int cores;

  ProcessorCheck(ProcessorInfo processor, int cores) {
    this.processor = processor;
    this.cores = cores;
  }

  @Override
  public String name() {
    return "Processor";
  }

  @Override
  public List<Advice> findings() {
    List<Advice> findings = new ArrayList<>();
    String model = processor.model().isEmpty() ? "unnamed" : processor.model();
    findings.add(new Ok(model + ", cores for this process: " + cores));
    findings.add(instructions());
    if (cores < 2) {
      findings.add(
          new Note(
              "one core for broker, services and model", "Give the process two or more cores."));
    }
    return findings;
  }

  private Advice instructions() {
    if (processor.features().isEmpty()) {
      return new Note(
          "the operating system does not list the processor's instructions",
          "See the group Precision for what libtorch can use.");
    }
    List<String> present =
        FEATURES.entrySet().stream()
            .filter(feature -> processor.has(feature.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    return present.isEmpty()
        ? new Note(
            "no instructions that make matrix products fast (looked for "
                + String.join(", ", FEATURES.keySet())
                + ")",
            "Expect slow answers from a model.")
        : new Ok("instructions: " + String.join(", ", present));
  }
}
