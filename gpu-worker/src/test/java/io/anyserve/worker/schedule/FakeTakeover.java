package io.anyserve.worker.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Takes nothing over, but writes down what it was asked. */
final class FakeTakeover implements StreamTakeover {

  private @Nullable Error broken;
  private final List<WorkItem> begun = new ArrayList<>();
  private final List<Long> weighed = new ArrayList<>();
  private final Map<WorkItem, Throwable> givenUp = new LinkedHashMap<>();
  private final List<WorkItem> rechecked = new ArrayList<>();

  @Override
  public void begin(WorkItem work, LongSupplier promptTokens) {
    if (broken != null) {
      throw broken;
    }
    begun.add(work);
    weighed.add(promptTokens.getAsLong());
  }

  @Override
  public void recheck(WorkItem work) {
    rechecked.add(work);
  }

  /** From now on nothing can be taken over. */
  void breakWith(Error error) {
    broken = error;
  }

  @Override
  public void giveUp(WorkItem work, Throwable why) {
    givenUp.put(work, why);
  }

  /** Requests that were given up, and why. */
  Map<WorkItem, Throwable> givenUp() {
    return givenUp;
  }

  List<WorkItem> begun() {
    return begun;
  }

  List<Long> weighed() {
    return weighed;
  }

  List<WorkItem> rechecked() {
    return rechecked;
  }
}
