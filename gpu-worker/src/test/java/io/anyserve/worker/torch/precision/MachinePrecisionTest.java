package io.anyserve.worker.torch.precision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.worker.torch.FakeTrials;
import io.anyserve.worker.torch.precision.MachinePrecision.InUse;
import io.anyserve.worker.torch.precision.PrecisionChoice.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A machine without AVX-512 that multiplies int8 wrongly. */
final class MachinePrecisionTest {

  private final FakeTrials trials =
      new FakeTrials()
          .refuses(Precision.BF16_PACKED, "needs avx512")
          .has(Precision.FP16_PACKED, 0.0002, 300)
          .has(Precision.F32, 1e-7, 900)
          .has(Precision.INT8, 0.99, 100);
  private final List<Integer> choices = new ArrayList<>();
  private final MachinePrecision machine =
      new MachinePrecision(
          new MachinePrecision.Source() {

            @Override
            public PrecisionChoice choose(int threads) {
              choices.add(threads);
              return PrecisionBenchmark.choose(PrecisionChoice.ORDER, trials);
            }

            @Override
            public Outcome check(Precision precision, int threads) {
              return PrecisionBenchmark.check(precision, trials);
            }
          });

  @Test
  void theMachineIsTriedOnceForAllModels() {
    var expected = new InUse(Precision.FP16_PACKED, "auto: bf16_packed is refused");

    assertEquals(expected, machine.of(PrecisionSetting.AUTO, 3));
    assertEquals(expected, machine.of(PrecisionSetting.AUTO, 2));
    assertEquals(List.of(3), choices);
  }

  @Test
  void whatIsAskedForByNameIsUsedWhereItIsRight() {
    assertEquals(
        new InUse(Precision.F32, "configured"),
        machine.of(new PrecisionSetting.Named(Precision.F32), 2));
    assertEquals(List.of(), choices);
  }

  @Test
  void whatTheMachineCannotRunIsRefusedWithWhatItCan() {
    assertEquals(
        "engine.precision: \"bf16_packed\" (this machine: refused (needs avx512);"
            + " expected: one of auto, f32, fp16_packed)",
        refusal(Precision.BF16_PACKED));
  }

  @Test
  void whatTheMachineComputesWronglyIsRefused() {
    assertEquals(
        "engine.precision: \"int8\" (this machine: wrong (error 0.99, at most 0.020 is right);"
            + " expected: one of auto, f32, fp16_packed)",
        refusal(Precision.INT8));
  }

  private String refusal(Precision precision) {
    var named = new PrecisionSetting.Named(precision);
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> machine.of(named, 2)).getMessage());
  }
}
