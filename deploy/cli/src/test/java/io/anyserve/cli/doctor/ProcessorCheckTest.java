package io.anyserve.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ProcessorCheckTest {

  @Test
  void readsAnX86FromCpuInfo() {
    ProcessorInfo processor =
        ProcessorInfo.ofCpuInfo(
            """
            processor\t: 0
            model name\t: Some Xeon @ 2.30GHz
            flags\t\t: fpu fma avx2 avx512bw avx512_vnni
            vmx flags\t: vnmi

            processor\t: 1
            model name\t: Some Xeon @ 2.30GHz
            """);

    assertEquals(
        List.of(
            new Ok("Some Xeon @ 2.30GHz, cores for this process: 8"),
            new Ok("instructions: FMA, AVX2, AVX-512, VNNI")),
        new ProcessorCheck(processor, 8).findings());
  }

  @Test
  void readsAnArmFromCpuInfo() {
    ProcessorInfo processor =
        ProcessorInfo.ofCpuInfo("processor\t: 0\nFeatures\t: fp asimd asimddp bf16 i8mm\n");

    assertEquals(
        List.of(
            new Ok("unnamed, cores for this process: 4"),
            new Ok("instructions: FMA, bf16, dot product")),
        new ProcessorCheck(processor, 4).findings());
  }

  @Test
  void readsAMacFromSysctl() {
    ProcessorInfo processor =
        ProcessorInfo.ofSysctl(
            """
            machdep.cpu.brand_string: Apple M2
            hw.optional.arm.FEAT_BF16: 1
            hw.optional.arm.FEAT_DotProd: 1
            hw.optional.arm.FEAT_SME: 0
            hw.optional.AdvSIMD: 1
            """);

    assertEquals(
        List.of(
            new Ok("Apple M2, cores for this process: 8"),
            new Ok("instructions: FMA, bf16, dot product")),
        new ProcessorCheck(processor, 8).findings());
  }

  @Test
  void oldAndUnknownProcessorsAndASingleCoreAreNoted() {
    ProcessorInfo old = new ProcessorInfo("Old", Set.of("sse2"));
    ProcessorInfo unknown = new ProcessorInfo("", Set.of());

    assertEquals(
        List.of(Ok.class, Note.class, Note.class),
        new ProcessorCheck(old, 1).findings().stream().map(Object::getClass).toList());
    assertEquals(Note.class, new ProcessorCheck(unknown, 2).findings().get(1).getClass());
  }
}
