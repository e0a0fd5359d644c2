package io.anyserve.worker.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes nothing over, but writes down what it was asked. */
final class FakeTakeover implements StreamTakeover {

  private final Map<WorkItem, Throwable> givenUp = new LinkedHashMap<>();
  private final List<WorkItem> rechecked = new ArrayList<>();

  @Override
  public void recheck(WorkItem work) {
    rechecked.add(work);
  }

  @Override
  public void giveUp(WorkItem work, Throwable why) {
    givenUp.put(work, why);
  }

  /** Requests that were given up, and why. */
  Map<WorkItem, Throwable> givenUp() {
    return givenUp;
  }

  List<WorkItem> rechecked() {
    return rechecked;
  }
}
