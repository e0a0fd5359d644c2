package io.anyserve.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Asks the operating system for the processor. */
final class Instructions {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Instructions() {}

  /** Linux lists it in a file, macOS through a program; elsewhere nothing is known. */
  static ProcessorInfo ofThisMachine() {
    try {
      return Files.exists(CPU_INFO)
          ? ProcessorInfo.ofCpuInfo(Files.readString(CPU_INFO))
          : ProgramOutput.of(List.of("sysctl", "machdep.cpu", "hw.optional"))
              .map(ProcessorInfo::ofSysctl)
              .orElse(new ProcessorInfo("", Set.of()));
    } catch (IOException e) {
      return new ProcessorInfo("", Set.of());
    }
  }
}
