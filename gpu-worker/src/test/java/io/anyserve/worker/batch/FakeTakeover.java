package io.anyserve.worker.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Takes nothing over, but writes down what it was asked. */
final class FakeTakeover implements Takeover {

  private final List<Work> begun = new ArrayList<>();
  private final List<Long> weighed = new ArrayList<>();
  private final List<Work> rechecked = new ArrayList<>();

  @Override
  public void begin(Work work, LongSupplier promptTokens) {
    begun.add(work);
    weighed.add(promptTokens.getAsLong());
  }

  @Override
  public void recheck(Work work) {
    rechecked.add(work);
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
