package io.anyserve.worker.torch.precision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.worker.torch.libtorch.LibTorch;
import io.anyserve.worker.torch.precision.PrecisionChoice.Candidate;
import io.anyserve.worker.torch.precision.PrecisionChoice.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The trials on the machine that runs this test, whatever it is. */
final class LayerTrialsIT {

  /** Each within its bound, and none so exact that the trial could not have looked. */
  @ParameterizedTest
  @CsvSource({"FP16_PACKED, 0.00005", "BF16, 0.001", "BF16_PACKED, 0.001", "INT8, 0.001"})
  void whatRunsHasTheErrorOfItsRounding(Precision precision, double least) {
    switch (PrecisionChoice.check(precision, 2)) {
      case Outcome.Right right -> assertTrue(right.figures().error() > least, right.toString());
      case Outcome.Refused refused -> assertTrue(!refused.reason().isBlank());
      case Outcome outcome -> throw new AssertionError(precision + ": " + outcome);
    }
  }

  @Test
  void plainF32IsAlwaysRight() {
    assertInstanceOf(Outcome.Right.class, PrecisionChoice.check(Precision.F32, 1));
  }

  @Test
  void theChosenOneIsRightAndAllBeforeItAreNot() {
    PrecisionChoice choice = PrecisionChoice.ofThisMachine(2);

    assertInstanceOf(Outcome.Right.class, PrecisionChoice.check(choice.chosen(), 2));
    List<Precision> order = choice.candidates().stream().map(Candidate::precision).toList();
    assertEquals(PrecisionChoice.ORDER, order);
    for (Candidate candidate : choice.candidates()) {
      boolean chosen = candidate.outcome() instanceof Outcome.Chosen;
      assertEquals(candidate.precision() == choice.chosen(), chosen, choice.summary());
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void timesAreThoseOfWork(Precision precision) {
    try (PtNDManager manager = LibTorch.claimThread(2);
        LayerTrials trials = new LayerTrials(manager)) {
      PrecisionTrials.Trial trial = trials.open(precision);
      assertTrue(trial.oneRow() > 0 && trial.eightRows() > 0);
    } catch (EngineException refused) {
      assertInstanceOf(Outcome.Refused.class, PrecisionChoice.check(precision, 2));
    }
  }
}
