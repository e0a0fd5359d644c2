package io.anyserve.worker.torch.speculation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SpeculationTest {

  private static final int STEPS = 400;

  private long clock;
  private long tokens;
  private long guessed;

  @Test
  void guessesThatAreRightAreMadeLongWhereRowsAreCheap() {
    double faster = speed(1, rows -> 100 + rows, 1) / speed(0, rows -> 100 + rows, 1);
    assertTrue(faster > 5, "faster: " + faster);
  }

  @Test
  void nothingIsGuessedWhereARowCostsAsMuchAsAStep() {
    double faster = speed(1, rows -> 100L * rows, 0.6) / speed(0, rows -> 100L * rows, 0.6);
    assertTrue(faster > 0.95, "faster: " + faster);
    assertTrue(guessed < STEPS / 4, "guessed: " + guessed);
  }

  @Test
  void guessesThatAreWrongCostLittle() {
    double faster = speed(1, rows -> 100 + 10L * rows, 0) / speed(0, rows -> 100 + 10L * rows, 0);
    assertTrue(faster > 0.9, "faster: " + faster);
  }

  @Test
  void aSequenceGetsAnotherChance() {
    var record = new GuessRecord();
    IntStream.range(0, 50).forEach(_ -> record.add(4, 0));
    assertTrue(record.expected(4) < 0.01);
    IntStream.range(0, 100).forEach(_ -> record.skip());
    assertTrue(record.expected(4) > 0.5);
  }

  @Test
  void aFullBatchDoesNotGrow() {
    var speculation = new Speculation(true, () -> clock);
    List<Speculation.Candidate> many =
        IntStream.range(0, 32)
            .mapToObj(_ -> new Speculation.Candidate(2, new GuessRecord()))
            .toList();
    assertEquals(0, speculation.choose(many));
  }

  @Test
  void offIsOff() {
    assertEquals(0, new Speculation(false, () -> clock).longest());
  }

  private static int choose(Speculation speculation, int offered, GuessRecord record) {
    return speculation.choose(List.of(new Speculation.Candidate(offered, record)));
  }

  /** Tokens per nanosecond where each guessed token is right with that probability. */
  private double speed(int on, IntToLongFunction stepTime, double rate) {
    clock = 0;
    tokens = 0;
    guessed = 0;
    var speculation = new Speculation(on == 1, () -> clock);
    var record = new GuessRecord();
    var random = new Random(7);
    for (int i = 0; i < STEPS; i++) {
      int offered = speculation.longest();
      int length = offered == 0 ? 0 : choose(speculation, offered, record);
      long start = speculation.now();
      clock += stepTime.applyAsLong(1 + length);
      speculation.measured(1 + length, start);
      int right = 0;
      while (right < length && random.nextDouble() < rate) {
        right++;
      }
      if (length > 0) {
        record.add(length, right);
      }
      guessed += length;
      tokens += 1 + right;
    }
    return (double) tokens / clock;
  }
}
