package io.anyserve.worker.torch.precision;

import static io.anyserve.worker.torch.precision.Precision.BF16_PACKED;
import static io.anyserve.worker.torch.precision.Precision.F32;
import static io.anyserve.worker.torch.precision.Precision.F32_PACKED;
import static io.anyserve.worker.torch.precision.Precision.FP16_PACKED;
import static io.anyserve.worker.torch.precision.Precision.INT8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.FakeTrials;
import io.anyserve.worker.torch.precision.PrecisionChoice.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PrecisionBenchmarkTest {

  private static final String REFUSAL =
      """
      The following operation failed in the TorchScript interpreter.
      Traceback of TorchScript, serialized code (most recent call last):
        File "code/__torch__.py", line 8, in pack
      RuntimeError: mkldnn_reorder_linear_weight: bf16 path needs the cpu support avx512
      """;

  private final FakeTrials machine = new FakeTrials();

  private PrecisionChoice choice() {
    return PrecisionBenchmark.choose(PrecisionChoice.ORDER, machine);
  }

  private Outcome outcome(PrecisionChoice choice, Precision precision) {
    return choice.candidates().stream()
        .filter(candidate -> candidate.precision() == precision)
        .findFirst()
        .orElseThrow()
        .outcome();
  }

  @Test
  void theFirstIsChosenWhereItIsAsFastAsTheNext() {
    machine.has(BF16_PACKED, 0.003, 100).has(FP16_PACKED, 0.0002, 300);

    PrecisionChoice choice = choice();

    assertEquals(BF16_PACKED, choice.chosen());
    assertEquals(List.of(BF16_PACKED, FP16_PACKED), machine.opened());
    assertEquals(
        new Outcome.Chosen(new PrecisionChoice.Figures(0.003, 100, 200)),
        outcome(choice, BF16_PACKED));
    assertInstanceOf(Outcome.Right.class, outcome(choice, FP16_PACKED));
    assertInstanceOf(Outcome.NotTried.class, outcome(choice, F32_PACKED));
    assertInstanceOf(Outcome.NotTried.class, outcome(choice, F32));
    assertEquals("auto", choice.reason());
  }

  @Test
  void aRefusedCandidateIsPassedOverAndItsReasonKept() {
    machine.refuses(BF16_PACKED, REFUSAL).has(FP16_PACKED, 0.0002, 300).has(F32_PACKED, 1e-7, 500);

    PrecisionChoice choice = choice();

    assertEquals(FP16_PACKED, choice.chosen());
    assertEquals(
        "bf16_packed: refused (mkldnn_reorder_linear_weight: bf16 path needs the cpu support"
            + " avx512)",
        choice.lines().getFirst());
    assertEquals("auto: bf16_packed is refused", choice.reason());
  }

  @Test
  void aWrongCandidateIsPassedOverHoweverFast() {
    machine.has(BF16_PACKED, 0.011, 1).has(FP16_PACKED, Double.NaN, 1).has(F32_PACKED, 1e-7, 500);

    PrecisionChoice choice = choice();

    assertEquals(F32_PACKED, choice.chosen());
    assertEquals(new Outcome.Wrong(0.011, 0.01), outcome(choice, BF16_PACKED));
    assertInstanceOf(Outcome.Wrong.class, outcome(choice, FP16_PACKED));
    assertEquals("auto: bf16_packed is wrong, fp16_packed is wrong", choice.reason());
  }

  @Test
  void slowOnesGiveWayOneAfterTheOther() {
    machine
        .has(BF16_PACKED, 0.003, 1000)
        .has(FP16_PACKED, 0.0002, 400)
        .has(F32_PACKED, 1e-7, 100)
        .has(F32, 1e-7, 110);

    PrecisionChoice choice = choice();

    assertEquals(F32_PACKED, choice.chosen());
    assertEquals(
        "auto: bf16_packed is slower than fp16_packed, fp16_packed is slower than f32_packed",
        choice.reason());
    assertTrue(choice.lines().getLast().startsWith("f32: right"), choice.summary());
  }

  @Test
  void aLittleSlowerIsNotSlower() {
    machine.has(BF16_PACKED, 0.003, 149).has(FP16_PACKED, 0.0002, 100);

    assertEquals(BF16_PACKED, choice().chosen());
  }

  @Test
  void busyMomentsDoNotDecide() {
    machine.has(BF16_PACKED, 0.003, 100, 100_000).has(FP16_PACKED, 0.0002, 100, 100);

    assertEquals(BF16_PACKED, choice().chosen());
  }

  @Test
  void theLastOneNeedsNoRival() {
    machine.has(F32, 1e-7, 100);

    PrecisionChoice choice = choice();

    assertEquals(F32, choice.chosen());
    assertEquals("f32: chosen (error 1e-07)", choice.lines().getLast());
  }

  @Test
  void aHopelesslySlowOneIsTimedOnceOnly() {
    machine.has(BF16_PACKED, 0.003, 1_000_000_000).has(FP16_PACKED, 0.0002, 100);

    assertEquals(FP16_PACKED, choice().chosen());
    assertEquals(2, machine.turns(BF16_PACKED));
  }

  @Test
  void nothingRightIsAnError() {
    machine.has(F32, 0.5, 100);

    IllegalStateException failure = assertThrows(IllegalStateException.class, this::choice);
    assertTrue(String.valueOf(failure.getMessage()).contains("F32=wrong"), failure.getMessage());
  }

  @Test
  void aCheckTimesNothing() {
    machine.has(INT8, 0.008, 100);

    assertEquals(
        new Outcome.Right(new PrecisionChoice.Figures(0.008, 0, 0)),
        PrecisionBenchmark.check(INT8, machine));
    assertEquals(0, machine.turns(INT8));
    assertEquals(new Outcome.Refused("no such thing here"), PrecisionBenchmark.check(F32, machine));
  }
}
