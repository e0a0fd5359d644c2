package io.anyserve.worker.batch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Takes nothing over, but writes down what it was asked. */
final class FakeTakeover implements Takeover {

  private @Nullable Error broken;
  private final List<Work> begun = new ArrayList<>();
  private final List<Long> weighed = new ArrayList<>();
  private final Map<Work, Throwable> givenUp = new LinkedHashMap<>();
  private final List<Work> rechecked = new ArrayList<>();

  @Override
  public void begin(Work work, LongSupplier promptTokens) {
    if (broken != null) {
      throw broken;
    }
    begun.add(work);
    weighed.add(promptTokens.getAsLong());
  }

  @Override
  public void recheck(Work work) {
    rechecked.add(work);
  }

  /** From now on nothing can be taken over. */
  void breakWith(Error error) {
    broken = error;
  }

  @Override
  public void giveUp(Work work, Throwable why) {
    givenUp.put(work, why);
  }

  /** Requests that were given up, and why. */
  Map<Work, Throwable> givenUp() {
    return givenUp;
  }

  List<Work> begun() {
    return begun;
  }

  List<Long> weighed() {
    return weighed;
  }

  List<Work> rechecked() {
    return rechecked;
  }
}
