package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import java.util.List;
import java.util.Locale;

/** Whether others keep the processors busy. */
final class LoadCheck implements Check {

  /** Runnable threads for each core from which on heartbeats come late. */
  private static final double BUSY = 2;

  private final double average;
  private final int cores;

  /**
   * @param average runnable threads over the last minute; negative where the system does not say
   */
  LoadCheck(double average, int cores) {
    this.average = average;
    this.cores = cores;
  }

  @Override
  public String name() {
    return "Load";
  }

  @Override
  public List<Advice> findings() {
    if (average < 0) {
      return List.of(new Ok("this system has no load average"));
    }
    String text = String.format(Locale.ROOT, "load average %.1f, cores: %d", average, cores);
    return List.of(
        average > BUSY * cores
            ? new Note(text, "Expect slow starts and answers until the other work is done.")
            : new Ok(text));
  }
}
