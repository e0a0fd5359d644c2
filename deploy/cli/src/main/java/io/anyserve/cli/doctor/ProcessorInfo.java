package io.anyserve.cli.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the processor is and which instructions it has, by the names that Linux gives them.
 *
 * @param model as the operating system calls it; empty where it does not say
 */
public record ProcessorInfo(String model, Set<String> features) {

  /** From {@code /proc/cpuinfo}: x86 says flags and model name, arm says Features only. */
  static ProcessorInfo ofCpuInfo(String text) {
    Set<String> features = words(value(text, "flags", ':') + " " + value(text, "Features", ':'));
    return new ProcessorInfo(value(text, "model name", ':'), features);
  }

  /** From {@code sysctl machdep.cpu hw.optional}: lines of name and value. */
  static ProcessorInfo ofSysctl(String text) {
    Set<String> features = new TreeSet<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("hw.optional.") && line.endsWith(": 1")) {
        features.add(linuxName(line.substring("hw.optional.".length(), line.length() - 3)));
      }
    }
    return new ProcessorInfo(value(text, "machdep.cpu.brand_string", ':'), features);
  }

  /** {@code arm.FEAT_BF16} is {@code bf16}, {@code avx2_0} is {@code avx2}. */
  private static String linuxName(String name) {
    String lower = name.toLowerCase(java.util.Locale.ROOT);
    return lower.replace("arm.feat_", "").replace("_0", "");
  }

  private static String value(String text, String name, char separator) {
    return text.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.split(String.valueOf(separator), 2))
        .filter(parts -> parts.length == 2 && parts[0].strip().equals(name))
        .map(parts -> parts[1].strip())
        .findFirst()
        .orElse("");
  }

  private static Set<String> words(String text) {
    return new TreeSet<>(Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList());
  }

  /** Whether it has any of these. */
  boolean has(List<String> names) {
    return names.stream().anyMatch(features::contains);
  }
}
